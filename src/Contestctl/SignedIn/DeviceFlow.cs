namespace ContestPipeline.Contestctl.SignedIn;

/// <summary>
/// Signing in at an authority of OpenID Connect from a terminal (RFC 8628): a code is shown, a person enters it in a browser
/// anywhere, and meanwhile the authority is asked whether that is done.
/// </summary>
internal sealed class DeviceFlow(HttpClient http, TimeProvider clock, Action<string> say)
{
    private const int SecondsMin = 1;
    private const int SlowDownSeconds = 5;
    private const int WaitsMax = 1_000;
    private const string Grant = "urn:ietf:params:oauth:grant-type:device_code";

    /// <exception cref="RefusedException">The authority has no such way in, or said no.</exception>
    public async Task<GivenToken> SignIn(Uri authority, string clientId, string scopes, CancellationToken ct)
    {
        var (begin, tokens) = await http.Endpoints(authority, "device_authorization_endpoint", ct)
            ?? throw new RefusedException(
                $"{authority} has no device flow; try --browser, or set PAYOUT_API_TOKEN to a token of its");
        var asked = await http.Ask(begin, ct, ("client_id", clientId), ("scope", scopes));
        if (asked.Text("device_code") is not { } device)
            throw new RefusedException(
                $"{authority} does not let {clientId} sign in from a terminal: {asked.Text("error") ?? "without a word"}");
        say($"open {asked.Text("verification_uri_complete") ?? asked.Text("verification_uri")} in a browser");
        say($"and enter {asked.Text("user_code")}");
        return await Await(tokens, clientId, device, asked.Whole("interval") ?? SlowDownSeconds, ct);
    }

    private async Task<GivenToken> Await(Uri tokens, string clientId, string device, long seconds, CancellationToken ct)
    {
        for (var waits = 0; waits < WaitsMax; waits++)
        {
            await Task.Delay(TimeSpan.FromSeconds(Math.Max(SecondsMin, seconds)), clock, ct);
            var answer = await http.Ask(
                tokens, ct, ("grant_type", Grant), ("device_code", device), ("client_id", clientId));
            if (answer.Given(clock) is { } token) return token;
            switch (answer.Text("error"))
            {
                case "authorization_pending": break;
                case "slow_down": seconds += SlowDownSeconds; break;
                case "expired_token": throw new RefusedException("the code was not entered in time; sign in anew");
                case "access_denied": throw new RefusedException("the authority said no");
                case var other: throw new RefusedException($"the authority did not give a token: {other ?? "without a word"}");
            }
        }

        throw new RefusedException("the code was not entered in time; sign in anew");
    }
}
