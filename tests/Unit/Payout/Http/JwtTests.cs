using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ContestPipeline.Payout.Http;

namespace ContestPipeline.Unit.Payout;

/// <summary>A token is believed only if our key signed it, with our algorithm, for us, and in time.</summary>
public sealed class JwtTests
{
    private const string NoToken = "not a token of three base64url parts, two of them JSON, and at most 4096 characters";

    private static readonly JwtRules s_rules = new(
        Encoding.UTF8.GetBytes("a key of at least thirty-two bytes"), "contest-pipeline", "payout-api");
    private static readonly DateTimeOffset s_now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly JwtBearer s_bearer = new("ann", [ApiRole.Approver, ApiRole.Viewer], s_now.AddHours(1));

    [Fact]
    public async Task A_token_of_ours_says_who_bears_it_until_when_and_with_which_roles()
    {
        var believed = Assert.IsType<JwtReading.Believed>(await Jwt.Read(Jwt.Make(s_rules, s_bearer, s_now), s_rules, s_now));

        Assert.Equal(("ann", s_now.AddHours(1)), (believed.Bearer.Subject, believed.Bearer.ExpiresAt));
        Assert.Equal([ApiRole.Approver, ApiRole.Viewer], believed.Bearer.Roles);
    }

    [Fact]
    public async Task The_token_of_the_standard_s_own_example_has_our_signature()
    {
        // RFC 7515, appendix A.1: header, claims and signature made by others with the key below. It has no audience, and has
        // long expired.
        const string Token =
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
            + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        var key = Base64Url.DecodeFromChars(
            "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");

        var refused = Assert.IsType<JwtReading.Refused>(
            await Jwt.Read(Token, new JwtRules(key, "ours", "ours"), DateTimeOffset.FromUnixTimeSeconds(1_300_819_000)));

        Assert.Equal("the audience is not ours", refused.Why);
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(29, true)]
    [InlineData(30, false)]
    [InlineData(86_400, false)]
    public async Task A_token_is_believed_until_half_a_minute_after_it_has_expired(int secondsAfter, bool believed)
    {
        var reading = await Jwt.Read(Jwt.Make(s_rules, s_bearer, s_now), s_rules, s_bearer.ExpiresAt.AddSeconds(secondsAfter));

        Assert.Equal(believed, reading is JwtReading.Believed);
    }

    [Theory]
    [InlineData("""{"iss":"contest-pipeline","aud":"payout-api","sub":"ann"}""", "it has no expiry")]
    [InlineData("""{"iss":"contest-pipeline","aud":"payout-api","sub":"ann","exp":"4000000000"}""", "it has no expiry")]
    [InlineData("""{"iss":"contest-pipeline","aud":"payout-api","sub":"ann","exp":1e300}""", NoToken)]
    [InlineData("""{"iss":"another","aud":"payout-api","sub":"ann","exp":4000000000}""", "the issuer is not contest-pipeline")]
    [InlineData(
        """{"iss":"contest-pipeline","aud":["another"],"sub":"ann","exp":4000000000}""", "the audience is not payout-api")]
    [InlineData("""{"iss":"contest-pipeline","aud":"payout-api","sub":"","exp":4000000000}""", "it has no subject")]
    [InlineData(
        """{"iss":"contest-pipeline","aud":"payout-api","sub":"ann","exp":4000000000,"nbf":3999999999}""", "it is not valid yet")]
    [InlineData("""[]""", NoToken)]
    [InlineData("""not json""", NoToken)]
    public async Task Claims_that_do_not_fit_are_refused_by_name_although_the_signature_is_ours(string claims, string why) =>
        Assert.Equal(new JwtReading.Refused(why), await Jwt.Read(Signed("""{"alg":"HS256"}""", claims), s_rules, s_now));

    [Theory]
    [InlineData("""{"alg":"none"}""")]
    [InlineData("""{"alg":"HS512"}""")]
    [InlineData("""{"alg":"RS256"}""")]
    public async Task The_token_does_not_choose_the_algorithm(string header) =>
        Assert.Equal(
            new JwtReading.Refused("the signature is not ours"),
            await Jwt.Read(Signed(header, """{"iss":"contest-pipeline","aud":"payout-api","sub":"ann","exp":4000000000}"""),
                s_rules, s_now));

    [Fact]
    public async Task A_token_that_was_changed_in_any_character_is_refused()
    {
        var token = Jwt.Make(s_rules, s_bearer, s_now);

        for (var i = 0; i < token.Length; i++)
        {
            var changed = token.Remove(i, 1).Insert(i, token[i] == 'A' ? "B" : "A");
            Assert.IsType<JwtReading.Refused>(await Jwt.Read(changed, s_rules, s_now));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a.b")]
    [InlineData("a.b.c.d")]
    [InlineData("€.€.€")]
    public async Task What_is_no_token_is_refused(string token) =>
        Assert.IsType<JwtReading.Refused>(await Jwt.Read(token, s_rules, s_now));

    [Fact]
    public async Task A_token_that_is_too_long_or_names_no_algorithm_is_refused()
    {
        var good = """{"iss":"contest-pipeline","aud":"payout-api","sub":"ann","exp":4000000000}""";

        Assert.IsType<JwtReading.Believed>(await Jwt.Read(Signed("""{"alg":"HS256"}""", good), s_rules, s_now));
        Assert.IsType<JwtReading.Refused>(await Jwt.Read(Signed("{}", good), s_rules, s_now));
        Assert.Equal(new JwtReading.Refused(NoToken),
            await Jwt.Read(Signed("""{"alg":"HS256"}""", good + new string(' ', Jwt.LengthMax)), s_rules, s_now));
    }

    [Fact]
    public async Task A_token_signed_with_another_key_is_refused()
    {
        var forged = Jwt.Make(
            s_rules with { Key = Encoding.UTF8.GetBytes("another key of thirty-two bytes …") }, s_bearer, s_now);

        Assert.Equal(new JwtReading.Refused("the signature is not ours"), await Jwt.Read(forged, s_rules, s_now));
    }

    private static string Signed(string header, string claims)
    {
        var signed =
            $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(s_rules.Key, Encoding.UTF8.GetBytes(signed)))}";
    }

    [Fact]
    public async Task While_a_key_is_replaced_tokens_of_the_old_and_the_new_one_are_believed()
    {
        var next = s_rules with { Key = Encoding.UTF8.GetBytes("the next key of thirty-two bytes …"), OtherKeys = [s_rules.Key] };
        var prepared = s_rules with { OtherKeys = [next.Key] };

        Assert.IsType<JwtReading.Believed>(await Jwt.Read(Jwt.Make(s_rules, s_bearer, s_now), next, s_now));
        Assert.IsType<JwtReading.Believed>(await Jwt.Read(Jwt.Make(next, s_bearer, s_now), prepared, s_now));
        Assert.IsType<JwtReading.Refused>(
            await Jwt.Read(Jwt.Make(s_rules, s_bearer, s_now), next with { OtherKeys = [] }, s_now));
    }

    [Fact]
    public async Task A_token_of_the_test_environment_opens_nothing_in_live()
    {
        var test = s_rules with { Environment = "test" };
        var live = s_rules with { Environment = "live", EnvironmentRequired = true };

        Assert.IsType<JwtReading.Believed>(await Jwt.Read(Jwt.Make(live, s_bearer, s_now), live, s_now));
        Assert.Equal(new JwtReading.Refused("its environment is test, and this is live"),
            await Jwt.Read(Jwt.Make(test, s_bearer, s_now), live, s_now));
        Assert.Equal(new JwtReading.Refused("its environment is not said, and this is live"),
            await Jwt.Read(Jwt.Make(s_rules, s_bearer, s_now), live, s_now));
        Assert.IsType<JwtReading.Believed>(await Jwt.Read(Jwt.Make(s_rules, s_bearer, s_now), test, s_now));
    }

    [Fact]
    public async Task A_token_that_is_good_for_too_long_is_not_believed()
    {
        var bounded = s_rules with { LifetimeMax = TimeSpan.FromHours(24) };

        Assert.IsType<JwtReading.Believed>(
            await Jwt.Read(Jwt.Make(bounded, s_bearer with { ExpiresAt = s_now.AddHours(24) }, s_now), bounded, s_now));
        Assert.IsType<JwtReading.Refused>(
            await Jwt.Read(Jwt.Make(bounded, s_bearer with { ExpiresAt = s_now.AddHours(25) }, s_now), bounded, s_now));
        Assert.IsType<JwtReading.Refused>(
            await Jwt.Read(
                Jwt.Make(bounded, s_bearer with { ExpiresAt = s_now.AddHours(30) }, s_now.AddHours(10)), bounded, s_now));
    }
}
