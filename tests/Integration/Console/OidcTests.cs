using System.Net;
using ContestPipeline.Contestctl;
using ContestPipeline.Contestctl.SignedIn;
using ContestPipeline.Integration.Payout;
using ContestPipeline.Payout.Http;
using ContestPipeline.Plumbing;
using ContestPipeline.WebConsole;

namespace ContestPipeline.Integration.WebConsole;

/// <summary>
/// People sign in at a real OpenID Connect provider: in a browser by a code, with the proof (PKCE) that it asks for, in a
/// terminal by the device flow. What they do is done with the provider's token, which Payout's API checks itself.
/// </summary>
public sealed class OidcTests(ConsoleWorld world) : IClassFixture<ConsoleWorld>
{
    private const string Home = "http://console.example";
    private const string NotThere =
        "skipped: the OpenID Connect provider is not installed: node or npm is missing, or scripts/setup has not run";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_approver_who_signed_in_at_the_provider_releases_a_payout_and_others_see_what_their_role_lets_them()
    {
        using var provider = await OidcProvider.Start(Home + ConsoleOptions.ReturnPath);
        Assert.SkipWhen(provider is null, NotThere);
        var payoutId = await world.GivenContest("c-oidc");
        await using var console = await Console(provider);

        using var approver = await SignIn(console, provider, "anna-approver");
        using var viewer = await SignIn(console, provider, "vic-viewer");
        using var nobody = await SignIn(console, provider, "nora-nobody");
        using var released = await ConsoleWorld.Submit(
            approver, $"/payouts/{payoutId}", $"/payouts/{payoutId}/release", ("note", "identity checked"));
        using var shut = await nobody.GetAsync("/overview", Ct);

        Assert.Equal($"/payouts/{payoutId}?done=released", released.Headers.Location?.OriginalString);
        Assert.Equal("anna-approver", await world.Api.Payouts.Scalar<string>(
            $"select actor from payout.audit_log where payout_id = '{payoutId}' and action like '%release%' limit 1"));
        Assert.DoesNotContain($"/payouts/{payoutId}/release", await viewer.GetStringAsync($"/payouts/{payoutId}", Ct),
            StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, shut.StatusCode);
    }

    [Fact]
    public async Task A_terminal_is_signed_in_by_the_device_flow_with_a_token_that_payout_believes()
    {
        using var provider = await OidcProvider.Start(Home + ConsoleOptions.ReturnPath);
        Assert.SkipWhen(provider is null, NotThere);
        var api = await Api(provider);
        using var http = new HttpClient();
        var said = new TaskCompletionSource<string>();
        var flow = new DeviceFlow(http, TimeProvider.System, line => said.TrySetResult(line));

        var signingIn = flow.SignIn(provider.Address, "contestctl", "openid profile", Ct);
        var page = (await said.Task.WaitAsync(Ct)).Split(' ')[1];
        await provider.Browse(new Uri(page), "olga-operator");
        var token = await signingIn;

        var (status, me) = await world.Api.Ask(HttpMethod.Get, "/v1/me", token.Token, address: api);
        Assert.Equal((200, "olga-operator"), (status, me.GetProperty("subject").GetString()));
        Assert.InRange(token.ExpiresAt - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(15));
        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => flow.SignIn(provider.Address, "console", "openid profile", Ct));
        Assert.Contains("does not let console sign in from a terminal", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_terminal_is_signed_in_by_a_browser_of_its_machine_and_by_nothing_that_this_sign_in_did_not_begin()
    {
        using var provider = await OidcProvider.Start(Home + ConsoleOptions.ReturnPath);
        Assert.SkipWhen(provider is null, NotThere);
        var api = await Api(provider);
        using var http = new HttpClient();
        var said = new TaskCompletionSource<string>();
        var flow = new BrowserFlow(http, TimeProvider.System, line => said.TrySetResult(line));

        var signingIn = flow.SignIn(provider.Address, "contestctl", "openid profile", Ct);
        var page = new Uri((await said.Task.WaitAsync(Ct)).Split(' ')[1]);
        var (back, shown) = await provider.Browse(page, "olga-operator");
        Assert.True(back is { Host: "127.0.0.1", AbsolutePath: "/signed-in" }, shown);
        using var forged = await http.GetAsync(
            new Uri(back, $"?code=another&state={Uri.EscapeDataString("not the state")}"), Ct);
        Assert.False(signingIn.IsCompleted);
        using var welcome = await http.GetAsync(back, Ct);
        var token = await signingIn;

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.OK), (forged.StatusCode, welcome.StatusCode));
        var (status, me) = await world.Api.Ask(HttpMethod.Get, "/v1/me", token.Token, address: api);
        Assert.Equal((200, "olga-operator"), (status, me.GetProperty("subject").GetString()));
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(back, Ct));
    }

    [Fact]
    public async Task Who_says_no_in_the_browser_is_not_signed_in_and_an_authority_without_that_way_is_told_of()
    {
        using var provider = await OidcProvider.Start(Home + ConsoleOptions.ReturnPath);
        Assert.SkipWhen(provider is null, NotThere);
        using var http = new HttpClient();
        var said = new TaskCompletionSource<string>();
        var flow = new BrowserFlow(http, TimeProvider.System, line => said.TrySetResult(line));

        var signingIn = flow.SignIn(provider.Address, "contestctl", "openid profile", Ct);
        var query = System.Web.HttpUtility.ParseQueryString(new Uri((await said.Task.WaitAsync(Ct)).Split(' ')[1]).Query);
        using var answer = await http.GetAsync(
            new Uri($"{query["redirect_uri"]}?error=access_denied&state={Uri.EscapeDataString(query["state"]!)}"), Ct);

        Assert.Equal("S256", query["code_challenge_method"]);
        Assert.Contains("access_denied", (await Assert.ThrowsAsync<RefusedException>(() => signingIn)).Message,
            StringComparison.Ordinal);
    }

    /// <summary>Payout's API with the provider's tokens; its clock is the real one's from now on, as the provider's is.</summary>
    private async Task<Uri> Api(OidcProvider provider)
    {
        var clock = world.Api.Payouts.Clock;
        if (TimeProvider.System.GetUtcNow() - clock.GetUtcNow() is { Ticks: > 0 } behind) clock.Forward(behind);
        return await world.Api.Serve(100_000,
            tokens: ApiWorld.Tokens with { Authority = new JwtAuthority(provider.Address, OidcProvider.Audience) });
    }

    private async Task<ConsoleServer> Console(OidcProvider provider)
    {
        var console = world.Make(TimeProvider.System, ("CONSOLE_OIDC_AUTHORITY", provider.Address.AbsoluteUri),
            ("CONSOLE_OIDC_CLIENT_ID", "console"), ("CONSOLE_OIDC_CLIENT_SECRET", "a secret of the console"),
            ("CONSOLE_PUBLIC_URL", Home), ("PAYOUT_API_URL", (await Api(provider)).AbsoluteUri));
        await console.Start(Ct);
        return console;
    }

    /// <summary>Goes to the console, is sent to the provider, says who it is there, and comes back.</summary>
    private static async Task<HttpClient> SignIn(ConsoleServer console, OidcProvider provider, string login)
    {
        var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false,
            CookieContainer = new CookieContainer() }) { BaseAddress = console.Address };
        using var sent = await browser.GetAsync("/sign-in?to=/overview", Ct);
        Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        var (back, page) = await provider.Browse(sent.Headers.Location!, login);
        Assert.True(back is not null, page);
        using var signedIn = await browser.GetAsync(back.PathAndQuery, Ct);
        Assert.True(signedIn.Headers.Location?.OriginalString == "/overview", await signedIn.Content.ReadAsStringAsync(Ct));
        return browser;
    }
}
