using ContestPipeline.Payout.Http;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay.Messages;
using ContestPipeline.WebConsole.Access;
using ContestPipeline.WebConsole.Pages;
using ContestPipeline.WebConsole.Shown;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ContestPipeline.WebConsole.Messages;

/// <summary>Looks through topics, where this process knows a broker.</summary>
/// <param name="Search">Null: KAFKA_BOOTSTRAP_SERVERS is not set.</param>
internal sealed record MessageService(SearchMessages? Search)
{
    public const string Missing = "This console reads no topics: that needs KAFKA_BOOTSTRAP_SERVERS (docs/settings.md).";

    /// <summary>One at a time of each process: each is a consumer with buffers of its own.</summary>
    private readonly SemaphoreSlim turn = new(2);

    /// <param name="seesAll">False: personal data is masked.</param>
    /// <exception cref="TimeoutException">The broker does not answer.</exception>
    public async Task<MessagesFound> Find(MessageWish wish, bool seesAll, CancellationToken ct)
    {
        await turn.WaitAsync(ct);
        try
        {
            var found = await Task.Run(() => Search!.Find(wish, ct), ct);
            return found with { Messages = [.. found.Messages.Select(m => MaskMessage.For(m, seesAll))] };
        }
        finally
        {
            turn.Release();
        }
    }
}

/// <summary>What was looked for and found.</summary>
/// <param name="Wish">Null: nothing is looked for yet.</param>
/// <param name="Trouble">Why nothing was found; null: no trouble.</param>
public sealed record MessagesModel(MessageWish? Wish, MessagesFound? Found, string? Trouble, IQueryCollection Asked)
{
    /// <returns>The address of the answer that follows.</returns>
    public string Following(string next) => "/messages?" + string.Join('&', Asked.Where(q => q.Key != "after")
        .Append(new("after", next)).Select(q => $"{q.Key}={Written.Part(q.Value.ToString())}"));
}

/// <summary>The page on which topics are looked through.</summary>
internal static class MessagePages
{
    public static void Map(WebApplication app) => app.MapGet("/messages", async (HttpContext context, MessageService service) =>
    {
        var asked = context.Request.Query;
        if (service.Search is null) return Page(context, new MessagesModel(null, null, MessageService.Missing, asked));
        if (asked["topic"].ToString() is not { Length: > 0 }) return Page(context, new MessagesModel(null, null, null, asked));
        if (WishIn(asked) is not { } wish)
            return Page(context, new MessagesModel(null, null, "A number or a time of the form is none.", asked));
        if (wish.Fault() is { } fault) return Page(context, new MessagesModel(wish, null, $"Not looked for: {fault}.", asked));
        try
        {
            return Page(context, new MessagesModel(
                wish, await service.Find(wish, Shell.Of(context).MayHandleAlerts, context.RequestAborted), null, asked));
        }
        catch (TimeoutException silent)
        {
            return Page(context, new MessagesModel(wish, null, silent.Message, asked));
        }
    }).ForStaff();

    /// <returns>Null: a field holds what it cannot.</returns>
    internal static MessageWish? WishIn(IQueryCollection asked)
    {
        var fields = new FormFields();
        var wish = new MessageWish(
            asked["topic"].ToString(), (int?)fields.Whole(Text("partition"), int.MaxValue), fields.Whole(Text("offset")),
            fields.Time(Text("from")), fields.Time(Text("to")), Text("key"), Text("text"), Text("after"));
        return fields.AreRead ? wish : null;

        string? Text(string name) => asked[name].ToString() is { Length: > 0 } text ? text : null;
    }

    private static RazorComponentResult<MessagesPage> Page(HttpContext context, MessagesModel model) =>
        new(new Dictionary<string, object?> { ["Shell"] = Shell.Of(context), ["Model"] = model });
}

/// <summary><c>GET /v1/ops/messages</c>: the same for programs.</summary>
internal static class MessageApi
{
    public static void Map(RouteGroupBuilder ops) => ops.MapGet("/messages", async (
        HttpContext context, Caller caller, MessageService service) =>
    {
        if (service.Search is null) return ApiProblem.Of(503, "Not here", MessageService.Missing);
        if (MessagePages.WishIn(context.Request.Query) is not { } wish)
            return ApiProblem.Invalid("partition and offset are whole numbers, from and to times such as 2026-09-13T17:00Z.");
        if (wish.Fault() is { } fault) return ApiProblem.Invalid($"{fault}.");
        try
        {
            var seesAll = caller.Roles.Any(r => r is ApiRole.Operator or ApiRole.Approver);
            return ApiAnswer.Of(await service.Find(wish, seesAll, context.RequestAborted));
        }
        catch (TimeoutException silent)
        {
            return ApiProblem.Of(503, "Not now", silent.Message);
        }
    }).ForStaff().WithMetadata(new QueryNames("topic", "partition", "offset", "from", "to", "key", "text", "after"))
        .WithSummary("Records of a topic, decoded; what viewers may not see is masked.")
        .ProducesAnswer<MessagesFound>("A page of them.").ProducesRefusal(400, "A parameter that cannot be.");
}
