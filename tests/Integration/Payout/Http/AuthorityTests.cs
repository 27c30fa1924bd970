using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using ContestPipeline.Embedded;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout.Http;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Payout;

/// <summary>
/// Tokens of an identity provider, whose keys the API reads from its discovery document, beside those that are signed with our
/// own key.
/// </summary>
public sealed class AuthorityTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    private DateTimeOffset Now => world.Payouts.Clock.GetUtcNow();

    [Fact]
    public async Task Its_tokens_and_ours_are_believed_with_their_names_and_roles()
    {
        await using var authority = await TokenAuthority.Start();
        var api = await world.Serve(100_000, tokens: authority.Believed);

        var (theirs, olga) = await world.Ask(HttpMethod.Get, "/v1/me", authority.Token(Now, ApiRole.Operator), address: api);
        var (ours, ann) = await world.Ask(HttpMethod.Get, "/v1/me", world.Token("ann", ApiRole.Viewer), address: api);
        var (closed, _) = await world.Ask(HttpMethod.Get, "/v1/payouts", authority.Token(Now, ApiRole.Player), address: api);

        Assert.Equal((200, "olga", ApiRole.Operator),
            (theirs, olga.GetProperty("subject").GetString(),
                Assert.Single(olga.GetProperty("roles").EnumerateArray()).GetString()));
        Assert.Equal((200, "ann"), (ours, ann.GetProperty("subject").GetString()));
        Assert.Equal(403, closed);
    }

    [Fact]
    public async Task A_token_of_another_issuer_for_another_audience_or_out_of_its_time_is_refused()
    {
        await using var authority = await TokenAuthority.Start();
        var api = await world.Serve(100_000,
            tokens: authority.Believed with { Environment = "live", EnvironmentRequired = true,
                LifetimeMax = TimeSpan.FromHours(2) });
        async Task<(int Status, string? Detail)> Ask(params (string Claim, object? Value)[] change)
        {
            var token = authority.Token(
                Now, ApiRole.Approver, null, [("env", "live"), ("player_ids", Array.Empty<string>()), .. change]);
            var (status, body) = await world.Ask(HttpMethod.Get, "/v1/payouts", token, address: api);
            return (status, status == 200 ? null : body.GetProperty("detail").GetString());
        }

        Assert.Equal(200, (await Ask()).Status);
        foreach (var (claim, value, why) in new (string, object?, string)[]
        {
            ("iss", "https://login.example", "the issuer is not"), ("iss", "contest-pipeline", "the issuer is not"),
            ("aud", "payout-api", "the audience is not"),
            ("aud", null, "the audience is not"), ("exp", Now.AddMinutes(-1).ToUnixTimeSeconds(), "it has expired"),
            ("exp", Now.AddHours(3).ToUnixTimeSeconds(), "expire within 2 hours"),
            ("exp", null, "it has no expiry"), ("env", "test", "its environment is test"),
            ("env", null, "its environment is not said"), ("sub", null, "it has no subject"),
            ("player_ids", null, "does not say which players"),
        })
        {
            var (status, detail) = await Ask((claim, value));
            Assert.True(
                status == 401 && detail!.Contains(why, StringComparison.Ordinal), $"{claim} = {value}: {status} {detail}");
        }
    }

    [Fact]
    public async Task A_token_that_the_authority_did_not_sign_is_refused_whatever_it_says_of_itself()
    {
        await using var authority = await TokenAuthority.Start();
        var api = await world.Serve(100_000, tokens: authority.Believed);
        using var stranger = RSA.Create(2048);
        var token = authority.Token(Now, ApiRole.Operator);
        var claims = token.Split('.')[1];
        var symmetric = $"{Part("""{"alg":"HS256"}""")}.{claims}";
        string[] forged =
        [
            authority.Token(Now, ApiRole.Operator, stranger),
            $"{Part("""{"alg":"none"}""")}.{claims}.",
            $"{symmetric}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(authority.PublicKey), Encoding.UTF8.GetBytes(symmetric)))}",
            Jwt.Make(ApiWorld.Tokens with { Issuer = authority.Address, Audience = TokenAuthority.Audience },
                new JwtBearer("eve", [ApiRole.Operator], Now.AddHours(1)), Now),
            $"{token.Split('.')[0]}.{Part("""{"sub":"eve"}""")}.{token.Split('.')[2]}",
        ];

        foreach (var one in forged) Assert.Equal(401, (await world.Ask(HttpMethod.Get, "/v1/payouts", one, address: api)).Status);
        Assert.Equal(200, (await world.Ask(HttpMethod.Get, "/v1/payouts", token, address: api)).Status);
        Assert.Equal(401, (await world.Ask(HttpMethod.Get, "/v1/payouts", token)).Status);
    }

    [Fact]
    public async Task When_it_changes_its_key_the_new_one_is_read_and_the_old_one_is_good_no_longer()
    {
        await using var authority = await TokenAuthority.Start();
        var api = await world.Serve(100_000, tokens: authority.Believed);
        var old = authority.Token(Now, ApiRole.Viewer);
        Assert.Equal(200, (await world.Ask(HttpMethod.Get, "/v1/payouts", old, address: api)).Status);

        authority.ChangeKey();
        var next = authority.Token(Now, ApiRole.Viewer);

        await PipelineScope.Eventually(
            async () => (await world.Ask(HttpMethod.Get, "/v1/payouts", next, address: api)).Status == 200,
            "a token of the new key is believed");
        Assert.Equal(401, (await world.Ask(HttpMethod.Get, "/v1/payouts", old, address: api)).Status);
    }

    [Fact]
    public async Task While_it_is_away_its_tokens_wait_and_ours_are_believed()
    {
        await using var elsewhere = await TokenAuthority.Start();
        var token = elsewhere.Token(Now, ApiRole.Viewer);
        var rules = ApiWorld.Tokens with { Authority = new JwtAuthority(
            new Uri($"http://127.0.0.1:{FreePorts.One()}"), TokenAuthority.Audience) };
        var api = await world.Serve(100_000, tokens: rules);

        using var client = new HttpClient { BaseAddress = api };
        using var request = new HttpRequestMessage(
            HttpMethod.Get, "/v1/payouts") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal((503, TimeSpan.FromSeconds(5)), ((int)answer.StatusCode, answer.Headers.RetryAfter?.Delta));
        Assert.Contains("cannot be read", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        Assert.Equal(
            200, (await world.Ask(HttpMethod.Get, "/v1/payouts", world.Token("ann", ApiRole.Viewer), address: api)).Status);
    }

    private static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
