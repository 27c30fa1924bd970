using System.CommandLine;
using System.Net.Http.Json;
using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Http;
using Spectre.Console;

namespace ContestPipeline.Contestctl.SignedIn;

/// <summary><c>contestctl login</c>: signs in at a console, and keeps that for later commands.</summary>
internal static class LoginCommand
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private const string About =
        """
        Signs you in at an environment by the address of its console: at the OpenID Connect authority that the console names, with a code that you enter in a
        browser on any machine, or with --browser in one on this machine, without a code; in test, where there is none, under the name and roles that you say. Later commands use it, without further settings, until
        it ends or contestctl context chooses another. It is kept in a file that only you may read (CONTESTCTL_PROFILES). CONSOLE_API_URL, PAYOUT_API_URL or
        PAYOUT_API_TOKEN in the environment come before it. Exit code 1 when you are not let in.

        Examples:
          contestctl login https://console.example.org
          contestctl login https://console.example.org --browser
          contestctl login http://127.0.0.1:8090 --as ann --role operator --name dev
        """;

    public static Command Make(Session session)
    {
        var address = new Argument<string>("URL") { Description = "Where the console answers." };
        var name = new Option<string?>("--name") { Description = "What the profile is called; the console's host, else." };
        var person = new Option<string?>("--as") { Description = "Your name, in test without an authority." };
        var roles = new Option<string[]>("--role") { Description = "With --as: viewer, operator, approver.",
            AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [ApiRole.Viewer] };
        roles.AcceptOnlyFromAmong(ApiRole.Viewer, ApiRole.Operator, ApiRole.Approver);
        var browser = new Option<bool>("--browser") { Description = "Sign in with a browser on this machine." };
        var json = Output.JsonOption<LoginAnswer>();
        var command = new Command("login", About) { address, name, browser, person, roles, json };
        command.SetAction(async (parsed, ct) =>
        {
            var console = Address(parsed.GetRequiredValue(address));
            using var http = new HttpClient { Timeout = s_patience };
            var way = await Ask<SignInWay>(http.GetAsync(new Uri(console, "/v1/ops/sign-in"), ct), ct);
            if (way.Environment == "live" && console.Scheme != Uri.UriSchemeHttps)
                throw new RefusedException("live is signed in at over https only");
            var given = way is { Authority: { } authority, ClientId: { } client }
                ? await AtAuthority(
                    http, session, parsed.GetValue(browser), new Uri(authority), client, way.Scopes ?? "openid", ct)
                : await UnderName(http, console, way, parsed.GetValue(person), parsed.GetValue(roles)!, ct);
            var profile = new Profile(
                parsed.GetValue(name) ?? console.Host, console.AbsoluteUri.TrimEnd('/'), way.Payout, way.Environment, given.Token,
                given.ExpiresAt);
            Profiles.Write(session.Settings, Profiles.Read(session.Settings).With(profile));
            var answer = new LoginAnswer(profile.Name, profile.Console, profile.Environment, profile.ExpiresAt);
            Output.Show(parsed, json, answer, shown => shown.WriteLine(
                $"signed in at {profile.Console} ({profile.Environment}) until {profile.ExpiresAt:yyyy-MM-dd HH:mm} UTC, "
                    + $"as profile {profile.Name}"));
            return ExitCodes.Success;
        });
        return command;
    }

    private static Task<GivenToken> AtAuthority(
        HttpClient http, Session session, bool inBrowser, Uri authority, string client, string scopes, CancellationToken ct) =>
        inBrowser ? new BrowserFlow(http, session.Clock, Console.Error.WriteLine).SignIn(authority, client, scopes, ct)
            : new DeviceFlow(http, session.Clock, Console.Error.WriteLine).SignIn(authority, client, scopes, ct);

    private static Uri Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is ("http" or "https")
            ? address : throw new Plumbing.SettingException("URL", $"must be an http or https address, not '{text}'");

    private static async Task<GivenToken> UnderName(
        HttpClient http, Uri console, SignInWay way, string? person, string[] roles, CancellationToken ct)
    {
        if (way.Environment != "test" || way.Authority is not null)
            throw new RefusedException("the console names no client for contestctl (CONSOLE_OIDC_CLI_CLIENT_ID)");
        if (person is null) throw new Plumbing.SettingException("--as", "is needed here: this test environment has no authority");
        return await Ask<GivenToken>(
            http.PostAsJsonAsync(new Uri(console, "/v1/ops/sign-in"), new { name = person, roles }, ct), ct);
    }

    private static async Task<T> Ask<T>(Task<HttpResponseMessage> asking, CancellationToken ct)
    {
        using var answer = await Came(asking);
        var text = await answer.Content.ReadAsStringAsync(ct);
        try
        {
            if (answer.IsSuccessStatusCode) return JsonSerializer.Deserialize<T>(text, WireJson.Options)!;
            var detail = JsonSerializer.Deserialize<JsonElement>(text);
            throw new RefusedException(
                detail.TryGetProperty("detail", out var why) ? why.GetString()!
                    : $"the answer was HTTP {(int)answer.StatusCode}");
        }
        catch (JsonException)
        {
            throw new RefusedException($"what answers there is no console of this pipeline (HTTP {(int)answer.StatusCode})");
        }
    }

    /// <exception cref="Plumbing.SettingException">Nothing answers.</exception>
    private static async Task<HttpResponseMessage> Came(Task<HttpResponseMessage> asking)
    {
        try
        {
            return await asking;
        }
        catch (HttpRequestException away)
        {
            throw new Plumbing.SettingException("URL", $"names an address where nothing answers ({away.Message})");
        }
    }

    /// <summary>What the console says of how people sign in.</summary>
    private sealed record SignInWay(string Environment, string? Authority, string? ClientId, string? Scopes, string? Payout);
}
