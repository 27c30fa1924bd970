using System.Globalization;
using ContestPipeline.Payout.Halts;
using ContestPipeline.Payout.Http;
using ContestPipeline.WebConsole.Access;
using ContestPipeline.WebConsole.Pages;

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
            context, payout, "rejected", form => (Path(payoutId, "reject"), new { note = Note(form) }), confirms: _ => payoutId))
            .For(ApiRole.Approver).Guarded();
        app.MapPost("/payouts/{payoutId}/retry", (HttpContext context, PayoutCalls payout, string payoutId) => Act(
            context, payout, "retried", form => (Path(payoutId, "retry"), new { reason = Note(form) })))
            .For(ApiRole.Operator).Guarded();
        app.MapPost("/halts", (HttpContext context, PayoutCalls payout) => Act(
            context, payout, "halted", form => ("/v1/halts", Halt(form)),
            confirms: form => HaltsModel.ConfirmOf(form["scope"].ToString(), form["id"].ToString())))
            .For(ApiRole.Operator).Guarded();
        app.MapPost("/halts/{haltNo:long}/lift", (HttpContext context, PayoutCalls payout, long haltNo) => Act(
            context, payout, "lifted", form => (string.Create(CultureInfo.InvariantCulture, $"/v1/halts/{haltNo}/lift"),
                new { reason = Note(form) })))
            .For(ApiRole.Operator).Guarded();
    }

    /// <summary>An id has no meaning where all payouts are halted.</summary>
    private static object Halt(IFormCollection form) => form["scope"] == HaltScope.Payouts
        ? new { scope = HaltScope.Payouts, reason = Note(form) }
        : new { scope = form["scope"].ToString(), reason = Note(form), id = form["id"].ToString() };

    /// <param name="confirms">What has to be typed before it is done; null: nothing.</param>
    private static async Task Act(
        HttpContext context, PayoutCalls payout, string done, Func<IFormCollection, (string Path, object Body)> call,
        Func<IFormCollection, string>? confirms = null)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (confirms?.Invoke(form) is { } word && form["confirm"].ToString().Trim() != word)
        {
            await Troubles.Show(context, StatusCodes.Status400BadRequest, "Not done",
                $"To confirm, type {word} into the field; nothing was changed.");
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
        var said = answer.Status == StatusCodes.Status202Accepted ? "second" : done;
        context.Response.SeeOther($"{back}{(back.Contains('?', StringComparison.Ordinal) ? '&' : '?')}done={said}");
    }

    private static string Path(string payoutId, string act) => $"/v1/payouts/{Uri.EscapeDataString(payoutId)}/{act}";

    private static string Note(IFormCollection form) =>
        form["note"].ToString().Trim() is { Length: <= NoteCharsMax } note ? note : form["note"].ToString()[..NoteCharsMax];
}
