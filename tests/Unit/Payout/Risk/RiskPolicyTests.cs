using System.Text;
using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Options;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Unit.Payout;

/// <summary>A policy that cannot be meant is not run with.</summary>
public sealed class RiskPolicyTests
{
    [Fact]
    public void The_defaults_are_a_policy_and_read_back_as_they_were_written()
    {
        var read = RiskPolicy.Read(JsonSerializer.SerializeToUtf8Bytes(RiskPolicy.Default, WireJson.Options));

        Assert.Null(read.Fault());
        Assert.Equal(RiskPolicy.Default.Currencies["usd"], read.Currencies["usd"]);
        Assert.Equal(RiskPolicy.Default with { Currencies = read.Currencies }, read);
    }

    [Fact]
    public void Without_a_word_the_limits_of_the_specification_hold()
    {
        Assert.Same(RiskPolicy.Default, RiskPolicy.From(Settings("test", null)));
        Assert.Same(RiskPolicy.Default, RiskPolicy.From(Settings("live", "default")));
    }

    [Fact]
    public void In_live_payout_does_not_start_until_somebody_says_which_limits_are_wanted()
    {
        Assert.Equal(
            "PAYOUT_RISK_POLICY_FILE", Assert.Throws<SettingException>(() => RiskPolicy.From(Settings("live", null))).Setting);
        Assert.Equal(
            "PAYOUT_RISK_POLICY_FILE", Assert.Throws<SettingException>(() => RiskPolicy.From(Settings("live", ""))).Setting);
        Assert.Null(RiskPolicy.From(Settings("live", "none")));
    }

    [Fact]
    public void A_currency_without_limits_is_named()
    {
        var policy =
            RiskPolicy.Read(
                """{"newAccountDays":30,"payoutsPerDayMax":3,"secondsBetweenPayouts":300,"reviewFromPayoutsPerDay":5,"reviewAboveShareOfWinningsPercent":80,"currencies":{"usd":null}}"""u8);

        Assert.Equal("currency 'usd' has no limits", policy.Fault());
    }

    [Fact]
    public void A_file_from_before_refunds_and_disputes_counted_is_still_a_policy()
    {
        var policy = RiskPolicy.Read(
            """{"newAccountDays":30,"payoutsPerDayMax":3,"secondsBetweenPayouts":300,"reviewFromPayoutsPerDay":5,"reviewAboveShareOfWinningsPercent":80,"currencies":{"usd":{"singlePayoutMaxMinor":1,"approvalAboveMinor":1,"newAccountMaxMinor":1,"dayMaxMinor":1,"monthMaxMinor":1,"firstPayoutReviewAboveMinor":1,"secondApproverAboveMinor":null}}}"""u8);

        Assert.Null(policy.Fault());
        Assert.Equal((1, 1, 90), (policy.ReviewFromRefunds, policy.ReviewFromDisputes, policy.TroubleDays));
    }

    [Theory]
    [InlineData("\"reviewFromRefunds\":1", "\"reviewFromRefunds\":0", "reviewFromRefunds is 0")]
    [InlineData("\"reviewFromDisputes\":1", "\"reviewFromDisputes\":0", "reviewFromDisputes is 0")]
    [InlineData("\"troubleDays\":90", "\"troubleDays\":0", "troubleDays is 0")]
    [InlineData("\"payoutsPerDayMax\":3", "\"payoutsPerDayMax\":0", "payoutsPerDayMax is 0")]
    [InlineData("\"secondsBetweenPayouts\":300", "\"secondsBetweenPayouts\":90000", "secondsBetweenPayouts is 90000")]
    [InlineData("\"dayMaxMinor\":2500000", "\"dayMaxMinor\":0", "a limit of usd is not above 0")]
    [InlineData("\"usd\"", "\"USD\"", "currency 'USD'")]
    public void A_policy_that_cannot_be_meant_is_named(string right, string wrong, string fault)
    {
        var json = Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(RiskPolicy.Default, WireJson.Options));
        Assert.Contains(right, json);

        Assert.Contains(
            fault, RiskPolicy.Read(Encoding.UTF8.GetBytes(json.Replace(right, wrong, StringComparison.Ordinal))).Fault());
    }

    [Theory]
    [InlineData("\"payoutsPerDayMax\":3,", "")]
    [InlineData("\"payoutsPerDayMax\":3", "\"payoutsPerDayMax\":3,\"surprise\":1")]
    [InlineData("\"payoutsPerDayMax\":3", "\"payoutsPerDayMax\":\"3\"")]
    public void A_missing_an_unknown_and_a_garbled_field_are_errors(string right, string wrong)
    {
        var json = Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(RiskPolicy.Default, WireJson.Options));
        Assert.Contains(right, json);

        Assert.Throws<JsonException>(() =>
            RiskPolicy.Read(Encoding.UTF8.GetBytes(json.Replace(right, wrong, StringComparison.Ordinal))));
    }

    private static IConfiguration Settings(
        string environment, string? policy) => new ConfigurationBuilder().AddInMemoryCollection(
        new Dictionary<string, string?> { ["PIPELINE_ENVIRONMENT"] = environment, ["PAYOUT_RISK_POLICY_FILE"] = policy }).Build();
}
