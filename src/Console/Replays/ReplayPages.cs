using System.Globalization;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Http;
using ContestPipeline.Replay;
using ContestPipeline.Replay.Server;
using ContestPipeline.WebConsole.Access;
using ContestPipeline.WebConsole.Pages;
using ContestPipeline.WebConsole.Shown;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ContestPipeline.WebConsole.Replays;

/// <summary>What the page of all replays shows.</summary>
/// <param name="IsHere">False: this console carries out none.</param>
public sealed record ReplaysModel(IReadOnlyList<ServerReplay> Replays, bool IsHere);

/// <summary>One replay.</summary>
/// <param name="Acts">The forms are shown, and the page does not load itself anew.</param>
public sealed record ReplayModel(ServerReplayWhole Whole, long SecondPersonAboveMinor, bool Acts);

/// <summary>The pages of replays and the forms on them.</summary>
internal static class ReplayPages
{
    private const string List = "/replays";
    private const int ReasonCharsMax = 1000;

    public static void Map(WebApplication app)
    {
        app.MapGet(List, async (HttpContext context, ReplayService service, string? after) => Page<ReplaysPage>(
            context, new ReplaysModel(
                service.Replays is { } replays ? await replays.List(null, after, context.RequestAborted) : [],
                service.Replays is not null))).ForStaff();
        app.MapGet($"{List}/{{replayId}}", Show).ForStaff();
        app.MapPost(List, (HttpContext context, ReplayService service) => Act(context, service, "asked",
            (replays, form) => WishIn(form) is not { } wish
                ? Task.FromResult<ReplayAct>(new ReplayAct.Refused("a number or a time of the form is none"))
                : replays.Ask(wish, Person(context), form["form-token"], context.RequestAborted)))
            .For(ApiRole.Operator).Guarded();
        app.MapPost($"{List}/{{replayId}}/run", (HttpContext context, ReplayService service, string replayId) => Act(
            context, service, "ordered", (replays, form) => replays.Order(
                replayId, Person(context), Reason(form), Rate(form), RunRequest.PatienceDefault, context.RequestAborted)))
            .For(ApiRole.Operator).Guarded();
        app.MapPost($"{List}/{{replayId}}/approve", (HttpContext context, ReplayService service, string replayId) => Act(
            context, service, "approved", (replays, form) =>
                replays.Approve(replayId, Person(context), Reason(form), context.RequestAborted)))
            .For(ApiRole.Approver).Guarded();
        foreach (var pause in (bool[])[true, false])
            app.MapPost($"{List}/{{replayId}}/{(pause ? "pause" : "resume")}", (HttpContext context, ReplayService service,
                string replayId) => Act(context, service, pause ? "paused" : "resumed", (replays, form) =>
                    replays.Pause(replayId, pause, Person(context), Reason(form), context.RequestAborted)))
                .For(ApiRole.Operator).Guarded();
        app.MapPost($"{List}/{{replayId}}/stop", (HttpContext context, ReplayService service, string replayId) => Act(
            context, service, "stopped", (replays, form) =>
                replays.Stop(replayId, Person(context), Reason(form), context.RequestAborted)))
            .For(ApiRole.Operator).Guarded();
    }

    private static async Task<IResult> Show(HttpContext context, ReplayService service, string replayId, string? act)
    {
        if (service.Replays is { } replays && await replays.Find(replayId, context.RequestAborted) is { } found)
            return Page<ReplayPage>(context, new ReplayModel(found, replays.SecondPersonAboveMinor, act is not null));
        await Troubles.Show(context, StatusCodes.Status404NotFound, "Not found", service.Replays is null
            ? ReplayService.Missing : $"There is no replay {replayId}.");
        return Results.Empty;
    }

    private static async Task Act(
        HttpContext context, ReplayService service, string done, Func<ServerReplays, IFormCollection, Task<ReplayAct>> act)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (service.Replays is not { } replays)
        {
            await Troubles.Show(context, StatusCodes.Status503ServiceUnavailable, "Not here", ReplayService.Missing);
            return;
        }

        switch (await act(replays, form))
        {
            case ReplayAct.Done { Replay: var replay }:
                context.Response.SeeOther($"{List}/{replay.ReplayId}?done={done}");
                break;
            case ReplayAct.Refused refused:
                await Troubles.Show(context, StatusCodes.Status409Conflict, "Not done", $"Nothing was changed: {refused.Why}.");
                break;
            default:
                await Troubles.Show(context, StatusCodes.Status404NotFound, "Not found", "There is no such replay.");
                break;
        }
    }

    /// <returns>Null: a field holds what it cannot.</returns>
    private static ReplayWish? WishIn(IFormCollection form)
    {
        var fields = new FormFields();
        var wish = new ReplayWish(
            form["topic"].ToString(), (int?)fields.Whole(Text("partition"), int.MaxValue), fields.Whole(Text("from-offset")),
            fields.Whole(Text("to-offset")), fields.Time(Text("from")), fields.Time(Text("to")), Text("key"), Text("contest"),
            Text("game"), Text("of-replay"), form["reprocess"] == "true");
        return fields.AreRead ? wish : null;

        string? Text(string name) => form[name].ToString().Trim() is { Length: > 0 } text ? text : null;
    }

    private static string Person(HttpContext context) => Shell.Of(context).Person!;

    private static string Reason(IFormCollection form) =>
        form["reason"].ToString().Trim() is { Length: <= ReasonCharsMax } reason ? reason
        : form["reason"].ToString()[..ReasonCharsMax];

    private static int Rate(IFormCollection form) => form["rate"].ToString().Trim() is not { Length: > 0 } text ? 0
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rate) ? rate : -1;

    private static RazorComponentResult<T> Page<T>(HttpContext context, object model) where T : IComponent =>
        new(new Dictionary<string, object?> { ["Shell"] = Shell.Of(context), ["Model"] = model });
}
