using ContestPipeline.Contestctl;
using ContestPipeline.Contestctl.Checks;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Unit.Contestctl;

/// <summary>What the doctor says about settings.</summary>
public sealed class DoctorTests
{
    [Fact]
    public void Every_missing_setting_is_named_with_what_to_do()
    {
        var findings = SettingChecks.All(Settings([])).ToArray();

        Assert.Equal(8, findings.Length);
        Assert.All(findings, f => Assert.Equal("failed", f.State));
        Assert.All(findings, f => Assert.Contains(f.Check, f.Mend!, StringComparison.Ordinal));
    }

    [Fact]
    public void An_environment_that_is_neither_test_nor_live_is_a_fault()
    {
        var finding = SettingChecks.All(Settings(new() { ["PIPELINE_ENVIRONMENT"] = "production" })).First();

        Assert.Equal("failed", finding.State);
        Assert.Contains("production", finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_file_that_does_not_exist_is_a_fault_of_that_setting()
    {
        var findings = SettingChecks.All(Settings(new() { ["STRIPE_API_KEY_FILE"] = "/no/such/file" }));

        var finding = Assert.Single(findings, f => f.Check == "STRIPE_API_KEY");
        Assert.Equal("failed", finding.State);
        Assert.Contains("STRIPE_API_KEY_FILE", finding.Mend!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:0", "ok")]
    [InlineData("http://*:8080", "ok")]
    [InlineData("8080", "ok")]
    [InlineData("https://example.org", "failed")]
    [InlineData("http://127.0.0.1:8080/ranks", "failed")]
    [InlineData("127.0.0.1:8080", "failed")]
    [InlineData("ftp://example.org", "failed")]
    [InlineData("here", "failed")]
    public void The_address_of_the_rank_server_must_be_one(string url, string state)
    {
        var finding = Assert.Single(
            SettingChecks.All(Settings(new() { ["SCORING_HTTP_URL"] = url })), f => f.Check == "SCORING_HTTP_URL");

        Assert.Equal(state, finding.State);
    }

    [Theory]
    [InlineData(-0.9, "ok", "agrees")]
    [InlineData(0.3, "ok", "agrees")]
    [InlineData(1.5, "ok", "agrees")]
    [InlineData(-60, "warning", "is 60.0 s behind")]
    [InlineData(13, "warning", "is 12.5 s ahead of")]
    [InlineData(90.6, "failed", "is 90.1 s ahead of")]
    [InlineData(-86_400, "failed", "is 86400.0 s behind")]
    public void A_clock_that_is_apart_is_told_by_how_much_the_answer_cannot_explain(
        double theirSeconds, string state, string what)
    {
        var asked = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

        var finding = ClockCheck.Compare("PostgreSQL", asked, asked.AddSeconds(theirSeconds), asked.AddSeconds(0.5));

        Assert.Equal(state, finding.State);
        Assert.StartsWith(what, finding.What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("test", null, "ok")]
    [InlineData("live", null, "failed")]
    [InlineData("live", "none", "ok")]
    [InlineData("live", "/nowhere/policy.json", "failed")]
    public void Live_without_a_word_on_limits_is_a_fault(string environment, string? policy, string state)
    {
        var findings = SettingChecks.All(
            Settings(new() { ["PIPELINE_ENVIRONMENT"] = environment, ["PAYOUT_RISK_POLICY_FILE"] = policy }));

        Assert.Equal(state, Assert.Single(findings, f => f.Check == "PAYOUT_RISK_POLICY_FILE").State);
    }

    [Fact]
    public void A_setting_of_any_process_that_has_not_its_declared_form_is_named()
    {
        var findings = SettingChecks.All(Settings(new() { ["TAX_POLICY"] = "half", ["PAYOUT_API_URL"] = "payout" })).ToArray();

        Assert.Contains("net-of-fees or gross, not 'half'", Assert.Single(findings, f => f.Check == "TAX_POLICY").What);
        Assert.Equal("failed", Assert.Single(findings, f => f.Check == "PAYOUT_API_URL").State);
    }

    [Fact]
    public void A_misspelt_setting_is_warned_of()
    {
        var findings = SettingChecks.All(Settings(new() { ["PAYOUT_RATE_PER_SECNOD"] = "5", ["PAYOUT_RATE_PER_SECOND"] = "5" }));

        Assert.Equal("warning", Assert.Single(findings, f => f.Check.StartsWith("PAYOUT_RATE", StringComparison.Ordinal)).State);
    }

    [Theory]
    [InlineData("test", null, null)]
    [InlineData("live", null, "warning")]
    [InlineData("live", "", "warning")]
    [InlineData("live", "letter of 2026-10-01, case 4711", "ok")]
    public void Live_without_Stripes_approval_is_warned_of(string environment, string? reference, string? state)
    {
        var findings = SettingChecks.All(
            Settings(new() { ["PIPELINE_ENVIRONMENT"] = environment, ["STRIPE_APPROVAL_REFERENCE"] = reference }));

        Assert.Equal(state, findings.SingleOrDefault(f => f.Check == "STRIPE_APPROVAL_REFERENCE")?.State);
    }

    [Theory]
    [InlineData("live", "Host=db;Password=verysecret", "failed")]
    [InlineData("live", "Host=db;SSL Mode=VerifyFull", "ok")]
    [InlineData("test", "Host=db", null)]
    public void Plaintext_in_live_is_a_fault(string environment, string database, string? state)
    {
        var findings = SettingChecks.All(Settings(new()
        {
            ["PIPELINE_ENVIRONMENT"] = environment, ["PAYOUT_DATABASE"] = database, ["KAFKA_BOOTSTRAP_SERVERS"] = "k:1",
            ["KAFKA_SECURITY_PROTOCOL"] = "ssl",
        })).Where(f => f.Check == "encryption").ToArray();

        Assert.Equal(state is null ? [] : [state], findings.Select(f => f.State));
        Assert.DoesNotContain(findings, f => f.What.Contains("verysecret", StringComparison.Ordinal));
        Assert.All(findings.Where(f => f.State == "failed"),
            f => Assert.StartsWith("PAYOUT_DATABASE must say SSL Mode=VerifyFull", f.What, StringComparison.Ordinal));
    }

    [Fact]
    public void A_secret_never_shows_in_a_finding()
    {
        var findings = SettingChecks.All(
            Settings(new() { ["STRIPE_API_KEY"] = "sk_test_verysecret", ["PAYOUT_DATABASE"] = "Password=verysecret" }));

        Assert.DoesNotContain(findings, f => $"{f.What}{f.Mend}".Contains("verysecret", StringComparison.Ordinal));
    }

    [Fact]
    public void A_currency_that_contests_are_to_be_paid_in_and_Stripe_keeps_none_of_is_a_fault()
    {
        var balance = new global::Stripe.Balance { Available = [new() { Currency = "usd" }],
            Pending = [new() { Currency = "gbp" }] };

        var findings =
            StripeChecks.Currencies([new("eur", 2, "paris"), new("gbp", 1, "london"), new("usd", 1, "boston")], balance)
                .ToArray();

        Assert.Equal([("balance in eur", "failed"), ("balance in gbp", "ok"), ("balance in usd", "ok")],
            findings.Select(f => (f.Check, f.State)));
        Assert.Contains("2 contests that are not over, such as paris", findings[0].What, StringComparison.Ordinal);
        Assert.Contains("cancel", findings[0].Mend!, StringComparison.Ordinal);
        Assert.Empty(StripeChecks.Currencies([], balance));
    }

    private static IConfiguration Settings(Dictionary<string, string?> values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values).Build();
}
