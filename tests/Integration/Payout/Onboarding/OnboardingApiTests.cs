using System.Net;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Http;

namespace ContestPipeline.Integration.Payout.Onboarding;

/// <summary>
/// Onboarding over HTTP: links that lead on, pages for those that do not, and routes that the live environment has not.
/// </summary>
public sealed class OnboardingApiTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_link_leads_on_to_a_fresh_address_of_Stripe_at_each_visit()
    {
        await world.Payouts.GivenAccount("linked", ready: false);
        var token = OnboardingToken.Make(ApiWorld.Onboarding.LinkKey, "linked", world.Payouts.Clock.GetUtcNow().AddDays(1));

        using var first = await Get($"/onboarding/{token}");
        using var second = await Get($"/onboarding/refresh?token={token}");

        Assert.Equal((HttpStatusCode.SeeOther, HttpStatusCode.SeeOther), (first.StatusCode, second.StatusCode));
        Assert.NotEqual(first.Headers.Location, second.Headers.Location);
        Assert.True(first.Headers.CacheControl?.NoStore);
    }

    [Theory]
    [InlineData(-1, "", 410)]
    [InlineData(1, "A", 403)]
    public async Task An_expired_or_altered_link_gets_a_page_that_says_so(int days, string appended, int status)
    {
        var token = OnboardingToken.Make(ApiWorld.Onboarding.LinkKey, "linked", world.Payouts.Clock.GetUtcNow().AddDays(days))
            + appended;

        using var answer = await Get($"/onboarding/{token}");

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("link", await answer.Content.ReadAsStringAsync(ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Coming_back_only_marks_the_account_to_be_read_again()
    {
        var account = await world.Payouts.GivenAccount("back", ready: false);
        await world.Payouts.Runner().RunOnce(ct);
        var token = OnboardingToken.Make(ApiWorld.Onboarding.LinkKey, "back", world.Payouts.Clock.GetUtcNow().AddDays(1));

        using var answer = await Get($"/onboarding/return?token={token}");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("true/inactive", await world.Payouts.Scalar<string>(
            $"select stale || '/' || transfers from payout.stripe_account where account_id = '{account}'"));
    }

    [Fact]
    public async Task A_player_gets_a_dashboard_link_once_onboarding_is_finished_and_not_before()
    {
        await world.Payouts.GivenAccount("dash-ready");
        await world.Payouts.GivenAccount("dash-new", ready: false);
        await world.Payouts.Runner().RunOnce(ct);

        var (ready, body) = await world.Ask(
            HttpMethod.Get, "/v1/players/me/dashboard-link", world.Token("dash-ready", ApiRole.Player));
        var (unfinished, _) = await world.Ask(
            HttpMethod.Get, "/v1/players/me/dashboard-link", world.Token("dash-new", ApiRole.Player));
        var (none, _) = await world.Ask(
            HttpMethod.Get, "/v1/players/me/dashboard-link", world.Token("dash-none", ApiRole.Player));

        Assert.Equal((200, 409, 404), (ready, unfinished, none));
        Assert.StartsWith("http", body.GetProperty("url").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_player_is_reset_by_operators_in_the_test_environment_and_by_nobody_in_live()
    {
        var account = await world.Payouts.GivenAccount("reset");
        var live = await world.Serve(100_000, isTest: false);
        var operators = world.Token("operator-1", ApiRole.Operator);

        var (inLive, _) = await world.Ask(HttpMethod.Post, "/v1/players/reset/onboarding/reset", operators, new { }, live);
        var (nowhere, _) = await world.Ask(HttpMethod.Post, "/v1/no-such-route", operators, new { }, live);
        var (asPlayer, _) = await world.Ask(
            HttpMethod.Post, "/v1/players/reset/onboarding/reset", world.Token("reset", ApiRole.Player), new { });
        var (asOperator, body) = await world.Ask(HttpMethod.Post, "/v1/players/reset/onboarding/reset", operators, new { });

        Assert.Equal((nowhere, 403, 200), (inLive, asPlayer, asOperator));
        Assert.Equal(1, body.GetProperty("accountsForgotten").GetInt32());
        Assert.NotNull(
            await world.Payouts.Scalar<DateTime?>($"select gone_at from payout.stripe_account where account_id = '{account}'"));
    }

    [Fact]
    public async Task A_sweep_is_made_on_demand_by_operators_and_audited()
    {
        var (asViewer, _) = await world.Ask(
            HttpMethod.Post, "/v1/stripe/sweep", world.Token("viewer-1", ApiRole.Viewer), new { });
        var (asOperator, body) = await world.Ask(
            HttpMethod.Post, "/v1/stripe/sweep", world.Token("operator-1", ApiRole.Operator), new { });

        Assert.Equal((403, 200), (asViewer, asOperator));
        Assert.Equal(0, body.GetProperty("unread").GetInt32());
        Assert.True(await world.Payouts.Scalar<long>("select count(*) from payout.audit_log where action = 'stripe-sweep'") > 0);
    }

    private async Task<HttpResponseMessage> Get(string path)
    {
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = world.Address };
        return await client.GetAsync(path, ct);
    }
}
