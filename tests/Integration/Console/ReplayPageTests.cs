using System.Net;
using ContestPipeline.Contracts;
using ContestPipeline.Demo;
using ContestPipeline.Payout.Http;

namespace ContestPipeline.Integration.WebConsole;

/// <summary>The pages of replays, from the wish to the approval, without a broker.</summary>
public sealed class ReplayPageTests(ConsoleWorld world) : IClassFixture<ConsoleWorld>
{
    [Fact]
    public async Task A_wish_becomes_a_plan_that_is_waited_for_and_can_be_given_up()
    {
        var ops = await world.SignedIn("olga", ApiRole.Operator);
        var viewer = await world.SignedIn("vera", ApiRole.Viewer);

        using var wrong = await ConsoleWorld.Submit(
            ops, "/replays", "/replays", ("topic", Topics.FeedGames), ("partition", "three"));
        using var contradicts = await ConsoleWorld.Submit(
            ops, "/replays", "/replays", ("topic", Topics.FeedGames), ("contest", "c"), ("game", "g"));
        using var asked = await ConsoleWorld.Submit(
            ops, "/replays", "/replays", ("topic", Topics.FeedGames), ("contest", "c-<b>"), ("from", "2026-09-13T17:00Z"));
        var page = asked.Headers.Location!.OriginalString.Split('?')[0];
        var shown = await ops.GetStringAsync(page);
        using var stopped = await ConsoleWorld.Submit(ops, "/replays", $"{page}/stop", ("reason", "the wrong contest"));
        var list = await viewer.GetStringAsync("/replays");

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.Conflict), (wrong.StatusCode, contradicts.StatusCode));
        Assert.Contains(
            "about contest c-&lt;b&gt; or its games, written from 2026-09-13 17:00:00 UTC", shown, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, stopped.StatusCode);
        Assert.Contains("stopped by olga: the wrong contest", await ops.GetStringAsync(page), StringComparison.Ordinal);
        Assert.Contains(">stopped</span>", list, StringComparison.Ordinal);
        Assert.DoesNotContain("Plan a replay", list, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_moves_much_is_run_only_when_somebody_else_approves()
    {
        await world.GivenPlan("replay-much");
        var ops = await world.SignedIn("olga", ApiRole.Operator, ApiRole.Approver);
        var approver = await world.SignedIn("anna", ApiRole.Approver);
        const string Page = "/replays/replay-much";

        var planned = await ops.GetStringAsync(Page);
        using var unreasoned = await ConsoleWorld.Submit(ops, Page, $"{Page}/run", ("reason", " "));
        using var ordered = await ConsoleWorld.Submit(ops, Page, $"{Page}/run", ("reason", "case 120"), ("rate", "100"));
        var waits = await ops.GetStringAsync(Page);
        using var own = await ConsoleWorld.Submit(ops, Page, $"{Page}/approve", ("reason", "mine"));
        using var approved = await ConsoleWorld.Submit(approver, Page, $"{Page}/approve", ("reason", "looked at it"));
        await new Await(TimeProvider.System, TimeSpan.FromSeconds(60)).Until(
            "the plan is refused", async () => await State("replay-much") == "refused", () => "", TestContext.Current.CancellationToken);
        var refused = await ops.GetStringAsync(Page);

        Assert.Contains("an approver other than you has to agree", planned, StringComparison.Ordinal);
        Assert.Contains("aria-label=\"&#x2B;150.00 USD &#x2212;30.00 USD\"", planned, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.SeeOther, HttpStatusCode.Conflict, HttpStatusCode.SeeOther),
            (unreasoned.StatusCode, ordered.StatusCode, own.StatusCode, approved.StatusCode));
        Assert.Contains("An approver other than olga has to agree", waits, StringComparison.Ordinal);
        Assert.Contains("the plan was made with TOPIC_PREFIX", WebUtility.HtmlDecode(refused), StringComparison.Ordinal);
        Assert.Equal("replay-ordered olga,replay-approved anna", await world.Api.Payouts.Scalar<string>(
            "select string_agg(action || ' ' || actor, ',' order by at, no) from payout.audit_log where subject = 'replay-much'"));
    }

    private Task<string?> State(string id) =>
        world.Api.Payouts.Scalar<string>($"select state from operations.replay where replay_id = '{id}'");
}
