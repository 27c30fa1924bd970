using ContestPipeline.Payout.Http;
using ContestPipeline.WebConsole.Access;

namespace ContestPipeline.WebConsole;

/// <summary>Every act: a form in, one call of Payout's API as the person who is signed in, and back to the page.</summary>
internal static class ActRoutes
{
    private const int NoteCharsMax = 1000;

    public static void Map(WebApplication app)
    {
        app.MapPost("/alerts/acknowledge", (HttpContext context, PayoutCalls payout) => Act(
            context, payout, "acknowledged", form => ("/v1/alerts/acknowledge", new { dedupKey = form["key"].ToString(),
                note = Note(form) })))
            .For(ApiRole.Operator, ApiRole.Approver).Guarded();
        app.MapPost("/alerts/resolve", (HttpContext context, PayoutCalls payout) => Act(
            context, payout, "resolved", form => ("/v1/alerts/resolve", new { dedupKey = form["key"].ToString(),
                note = Note(form) })))
            .For(ApiRole.Operator, ApiRole.Approver).Guarded();
        app.MapPost("/payouts/{payoutId}/release", (HttpContext context, PayoutCalls payout, string payoutId) => Act(
            context, payout, "released", form => (Path(payoutId, "release"), new { note = Note(form) })))
            .For(ApiRole.Approver).Guarded();
        app.MapPost("/payouts/{payoutId}/reject", (HttpContext context, PayoutCalls payout, string payoutId) => Act(
            context, payout, "rejected", form => (Path(payoutId, "reject"), new { note = Note(form) }), confirms: payoutId))
            .For(ApiRole.Approver).Guarded();
        app.MapPost("/payouts/{payoutId}/retry", (HttpContext context, PayoutCalls payout, string payoutId) => Act(
            context, payout, "retried", form => (Path(payoutId, "retry"), new { reason = Note(form) })))
            .For(ApiRole.Operator).Guarded();
    }

    /// <param name="confirms">What has to be typed before it is done; null: nothing.</param>
    private static async Task Act(
        HttpContext context, PayoutCalls payout, string done, Func<IFormCollection, (string Path, object Body)> call,
        string? confirms = null)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (confirms is not null && form["confirm"].ToString().Trim() != confirms)
        {
            await Troubles.Show(context, StatusCodes.Status400BadRequest, "Not done",
                $"To confirm, type {confirms} into the field; nothing was changed.");
            return;
        }

        var (path, body) = call(form);
        var answer = await payout.Post(context, path, body);
        if (!answer.IsDone)
        {
            await Troubles.Show(context, answer.Status, "Not done", answer.Detail);
            return;
        }

        var back = LocalPath.Of(form["back"]);
        var word = answer.Status == StatusCodes.Status202Accepted ? "second" : done;
        context.Response.SeeOther($"{back}{(back.Contains('?', StringComparison.Ordinal) ? '&' : '?')}done={word}");
    }

    private static string Path(string payoutId, string act) => $"/v1/payouts/{Uri.EscapeDataString(payoutId)}/{act}";

    private static string Note(IFormCollection form) =>
        form["note"].ToString().Trim() is { Length: <= NoteCharsMax } note ? note : form["note"].ToString()[..NoteCharsMax];
}
