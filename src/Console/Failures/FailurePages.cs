using System.Globalization;
using ContestPipeline.Payout.Http;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay.Parking;
using ContestPipeline.WebConsole.Access;
using ContestPipeline.WebConsole.Data;
using ContestPipeline.WebConsole.Pages;
using ContestPipeline.WebConsole.Shown;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ContestPipeline.WebConsole.Failures;

/// <summary>What acts on parked messages, where this process may.</summary>
/// <param name="Retries">Null: ADMIN_DATABASE is not set.</param>
internal sealed record FailureService(RetryParked? Retries, ParkedKeys? Keys)
{
    public const string Missing =
        "This console only shows parked messages: to act on them it needs ADMIN_DATABASE (docs/settings.md).";
}

/// <summary>Parked messages by what is wrong with them, and the latest operations on them.</summary>
public sealed record FailuresModel(IReadOnlyList<FailureGroup> Groups, IReadOnlyList<ParkedRetry> Retries, bool Acts);

/// <summary>The keys of a group.</summary>
public sealed record FailedKeysModel(ParkedGroup Group, IReadOnlyList<ParkedKeyRow> Keys);

/// <summary>One parked key.</summary>
public sealed record FailedKeyModel(ParkedHead Head);

/// <summary>How far keys are that are tried again together.</summary>
public sealed record RetryModel(ParkedRetryProgress Progress);

/// <summary>The pages of failures and the forms on them.</summary>
internal static class FailurePages
{
    private const string List = "/failures";
    private const int ReasonCharsMax = 1000;

    public static void Map(WebApplication app)
    {
        app.MapGet(List, async (HttpContext context, WorkerDatabase database, FailureService service) => Page<FailuresPage>(
            context, new FailuresModel(
                await database.Run(tx => tx.FailureGroups(), context.RequestAborted),
                service.Retries is { } retries ? await retries.Latest(context.RequestAborted) : [],
                service.Retries is not null))).ForStaff();
        app.MapGet($"{List}/keys", async (HttpContext context, FailureService service, string? worker, string? topic,
            string? error) =>
        {
            var group = new ParkedGroup(worker, topic, error, null);
            if (service.Keys is { } keys && group.Fault() is null)
                return Page<FailedKeysPage>(context, new FailedKeysModel(group, await keys.List(group, context.RequestAborted)));
            return await NotThere(context, service, "such group");
        }).ForStaff();
        app.MapGet($"{List}/key", async (HttpContext context, FailureService service, string? worker, string? topic,
            string? key) =>
            service.Keys is { } keys
                && await keys.Look(worker ?? "", topic ?? "", key ?? "", context.RequestAborted) is { } head
                ? Page<FailedKeyPage>(context, new FailedKeyModel(head))
                : await NotThere(context, service, "parked message of this key; it may have been handled")).ForStaff();
        app.MapGet($"{List}/retries/{{retryId}}", async (HttpContext context, FailureService service, string retryId) =>
            service.Retries is { } retries && await retries.Find(retryId, context.RequestAborted) is { } found
                ? Page<RetryPage>(context, new RetryModel(found)) : await NotThere(context, service, $"operation {retryId}"))
            .ForStaff();
        app.MapPost($"{List}/retry", Retry).For(ApiRole.Operator, ApiRole.Approver).Guarded();
        app.MapPost($"{List}/discard", Discard).For(ApiRole.Operator, ApiRole.Approver).Guarded();
    }

    private static async Task Retry(HttpContext context, FailureService service)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (service.Retries is not { } retries)
        {
            await Troubles.Show(context, StatusCodes.Status503ServiceUnavailable, "Not here", FailureService.Missing);
            return;
        }

        var group = new ParkedGroup(Text(form, "worker"), Text(form, "topic"), Text(form, "error"), Text(form, "key"));
        switch (await retries.Ask(group, Shell.Of(context).Person!, Reason(form), context.RequestAborted))
        {
            case RetryAnswer.Begun begun:
                context.Response.SeeOther($"{List}/retries/{begun.RetryId}?done=retries");
                break;
            case RetryAnswer.Refused refused:
                await Troubles.Show(context, StatusCodes.Status409Conflict, "Not done", $"Nothing was asked for: {refused.Why}.");
                break;
            case var other:
                throw new InvalidOperationException(other.GetType().Name);
        }
    }

    private static async Task Discard(HttpContext context, FailureService service)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var (worker, topic, key) = (form["worker"].ToString(), form["topic"].ToString(), form["key"].ToString());
        var hasOffset = long.TryParse(form["offset"], NumberStyles.None, CultureInfo.InvariantCulture, out var offset);
        var reason = Reason(form);
        var (status, why) = (StatusCodes.Status409Conflict, "");
        var shell = Shell.Of(context);
        if (service.Keys is not { } keys) (status, why) = (StatusCodes.Status503ServiceUnavailable, FailureService.Missing);
        else if (reason.Length == 0) why = "Say why it is given up; nothing was changed.";
        else if (!hasOffset || form["confirm"].ToString().Trim() != offset.ToString(CultureInfo.InvariantCulture))
            why = "To confirm, type the message's offset into the field; nothing was changed.";
        else
        {
            switch (await keys.Discard(
                worker, topic, key, offset, new DiscardWish(shell.Person!, shell.IsApprover, reason), context.RequestAborted))
            {
                case DiscardAnswer.Discarded:
                    context.Response.SeeOther($"{List}?done=discarded");
                    return;
                case DiscardAnswer.AwaitsApprover:
                    context.Response.SeeOther($"{KeyAddress(worker, topic, key)}&done=discard-asked");
                    return;
                case DiscardAnswer.NotYours no:
                    (status, why) = (StatusCodes.Status403Forbidden, $"Nothing was changed: {no.Why}.");
                    break;
                case DiscardAnswer.NotAtTheHead moved:
                    why = $"The first message is offset {moved.HeadOffset} by now; nothing was changed. Look at it again.";
                    break;
                default:
                    why = "Nothing of this key is parked any more; nothing was changed.";
                    break;
            }
        }

        await Troubles.Show(context, status, "Not done", why);
    }

    internal static string KeyAddress(string worker, string topic, string key) =>
        $"{List}/key?worker={Written.Part(worker)}&topic={Written.Part(topic)}&key={Written.Part(KeyName.Of(key))}";

    private static async Task<IResult> NotThere(HttpContext context, FailureService service, string what)
    {
        await Troubles.Show(context, StatusCodes.Status404NotFound, "Not found",
            service.Keys is null ? FailureService.Missing : $"There is no {what}.");
        return Results.Empty;
    }

    private static string? Text(IFormCollection form, string name) => form[name].ToString() is { Length: > 0 } text ? text : null;

    private static string Reason(IFormCollection form) =>
        form["reason"].ToString().Trim() is { Length: <= ReasonCharsMax } reason ? reason
        : form["reason"].ToString().Trim()[..ReasonCharsMax];

    private static RazorComponentResult<T> Page<T>(HttpContext context, object model) where T : IComponent =>
        new(new Dictionary<string, object?> { ["Shell"] = Shell.Of(context), ["Model"] = model });
}
