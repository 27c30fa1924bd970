using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Contestctl.SignedIn;

/// <summary>
/// Signing in at an authority of OpenID Connect with the browser of this machine: the authorization code with PKCE (RFC 7636),
/// which comes back to an address of this machine that only answers meanwhile (RFC 8252).
/// </summary>
internal sealed class BrowserFlow(HttpClient http, TimeProvider clock, Action<string> say)
{
    private const int SecretBytes = 32;
    private const string Path = "/signed-in";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    /// <exception cref="RefusedException">The authority has no such way in, said no, or nobody signed in within five
    /// minutes.</exception>
    public async Task<GivenToken> SignIn(Uri authority, string clientId, string scopes, CancellationToken ct)
    {
        var (begin, tokens) = await http.Endpoints(authority, "authorization_endpoint", ct)
            ?? throw new RefusedException($"{authority} has no sign-in in the browser; sign in without --browser");
        var (verifier, state) = (Secret(), Secret());
        var came = new TaskCompletionSource<IQueryCollection>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var listening = await Listen(state, came, ct);
        var back = $"{listening.Urls.Single()}{Path}";
        say($"open {Address(begin, clientId, scopes, back, state, verifier).AbsoluteUri} in the browser of this machine");
        var answer = await Came(came.Task, ct);
        if (answer["code"] is not [{ Length: > 0 } code])
            throw new RefusedException($"the authority said no: {answer["error"]} {answer["error_description"]}".TrimEnd());
        var given = await http.Ask(tokens, ct, ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", back),
            ("client_id", clientId), ("code_verifier", verifier));
        return given.Given(clock) ?? throw new RefusedException(
            $"the authority did not give a token: {given.Text("error") ?? "without a word"}");
    }

    private static Uri Address(Uri begin, string clientId, string scopes, string back, string state, string verifier)
    {
        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        (string Name, string Value)[] asked = [("response_type", "code"), ("client_id", clientId), ("redirect_uri", back),
            ("scope", scopes), ("state", state), ("code_challenge", challenge), ("code_challenge_method", "S256")];
        var query = string.Join('&', asked.Select(a => $"{a.Name}={Uri.EscapeDataString(a.Value)}"));
        return new Uri($"{begin}{(begin.Query.Length == 0 ? '?' : '&')}{query}");
    }

    private async Task<IQueryCollection> Came(Task<IQueryCollection> answer, CancellationToken ct)
    {
        try
        {
            return await answer.WaitAsync(s_patience, clock, ct);
        }
        catch (TimeoutException)
        {
            throw new RefusedException("nobody signed in within five minutes; sign in anew");
        }
    }

    /// <summary>What comes with another state was not asked for by this sign-in: it is turned away, and the waiting goes
    /// on.</summary>
    private static async Task<WebApplication> Listen(
        string state, TaskCompletionSource<IQueryCollection> came, CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSetting("urls", "http://127.0.0.1:0");
        var listening = builder.Build();
        listening.MapGet(Path, (HttpContext context) =>
        {
            var query = context.Request.Query;
            if (query["state"] != state)
                return Results.Text("This sign-in was not begun here.", statusCode: (int)HttpStatusCode.BadRequest);
            came.TrySetResult(query);
            return Results.Text("Go back to the terminal: contestctl goes on there. This page can be closed.");
        });
        await listening.StartAsync(ct);
        return listening;
    }

    private static string Secret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
}
