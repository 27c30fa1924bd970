
using ContestPipeline.Payout.Http;

namespace ContestPipeline.Unit.Payout.Http;

/// <summary>What the token of an approver has to say in live.</summary>
public sealed class ApproverTokenTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly JwtRules s_live = new(
        new byte[40], "issuer", "audience") { Environment = "live", EnvironmentRequired = true };

    [Fact]
    public async Task In_live_an_approver_who_does_not_say_which_players_they_are_is_not_believed()
    {
        var silent = Jwt.Make(s_live, new JwtBearer("ann", [ApiRole.Operator], s_now.AddHours(1)), s_now);
        var said = Jwt.Make(s_live, new JwtBearer("ann", [ApiRole.Approver], s_now.AddHours(1)) { PlayerIds = ["p-17"] }, s_now);
        var none = Jwt.Make(s_live, new JwtBearer("ann", [ApiRole.Approver], s_now.AddHours(1)), s_now);

        Assert.IsType<JwtReading.Believed>(await Jwt.Read(silent, s_live, s_now));
        Assert.Equal(["p-17"], Assert.IsType<JwtReading.Believed>(await Jwt.Read(said, s_live, s_now)).Bearer.PlayerIds);
        Assert.Empty(Assert.IsType<JwtReading.Believed>(await Jwt.Read(none, s_live, s_now)).Bearer.PlayerIds);
        Assert.Contains("player_ids", Assert.IsType<JwtReading.Refused>(await Jwt.Read(Without(none), s_live, s_now)).Why,
            StringComparison.Ordinal);
    }

    /// <summary>The same token as an issuer makes it who has never heard of the claim.</summary>
    private static string Without(string token)
    {
        var parts = token.Split('.');
        var claims = System.Text.Json.Nodes.JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1]))!.AsObject();
        claims.Remove("player_ids");
        var signed =
            $"{parts[0]}.{System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        return $"{signed}.{System.Buffers.Text.Base64Url.EncodeToString(System.Security.Cryptography.HMACSHA256.HashData(s_live.Key, System.Text.Encoding.UTF8.GetBytes(signed)))}";
    }
}
