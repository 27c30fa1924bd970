using ContestPipeline.Payout.Options;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Unit.Plumbing;

/// <summary>
/// test and live are never mixed: keys, addresses and topic names of the other environment are refused, and the setting is named.
/// </summary>
public sealed class EnvironmentTests
{
    [Theory]
    [InlineData("live", "sk_test_1")]
    [InlineData("live", "rk_test_1")]
    [InlineData("live", "pk_live_1")]
    [InlineData("test", "sk_live_1")]
    [InlineData("test", "whsec_1")]
    public void A_key_of_the_other_environment_is_refused_and_not_shown(string environment, string key)
    {
        var wrong = Assert.Throws<SettingException>(() => StripeKeys.Money(Settings(environment, ("STRIPE_API_KEY", key))));

        Assert.Equal("STRIPE_API_KEY", wrong.Setting);
        Assert.Contains(environment, wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(key + " ", wrong.Message + " ", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("live", "sk_live_1")]
    [InlineData("live", "rk_live_1")]
    [InlineData("test", "sk_test_1")]
    public void A_key_of_this_environment_is_taken(string environment, string key) =>
        Assert.Equal(key, StripeKeys.Money(Settings(environment, ("STRIPE_API_KEY", key))));

    [Fact]
    public void Who_only_looks_takes_the_restricted_key_where_there_is_one()
    {
        Assert.Equal("rk_test_1",
            StripeKeys.Reading(Settings("test", ("STRIPE_API_KEY", "sk_test_1"), ("STRIPE_RESTRICTED_KEY", "rk_test_1"))));
        Assert.Equal("sk_test_1", StripeKeys.Reading(Settings("test", ("STRIPE_API_KEY", "sk_test_1"))));
    }

    [Theory]
    [InlineData("test", "rk_live_1")]
    [InlineData("test", "sk_test_1")]
    public void A_restricted_key_that_is_none_is_refused(string environment, string key) =>
        Assert.Equal("STRIPE_RESTRICTED_KEY", Assert.Throws<SettingException>(
            () => StripeKeys.Reading(
                Settings(environment, ("STRIPE_API_KEY", "sk_test_1"), ("STRIPE_RESTRICTED_KEY", key)))).Setting);

    [Theory]
    [InlineData("live", "http://127.0.0.1:12111", false)]
    [InlineData("live", "https://api.stripe.com.example.org", false)]
    [InlineData("live", "https://api.stripe.com", true)]
    [InlineData("live", null, true)]
    [InlineData("test", "http://127.0.0.1:12111", true)]
    [InlineData("test", "simulator", false)]
    public void Real_money_is_only_ever_asked_of_stripe_itself(string environment, string? address, bool taken)
    {
        var settings = Settings(environment, ("STRIPE_API_BASE", address));

        if (taken) Assert.Equal(address, StripeKeys.Address(settings));
        else Assert.Equal("STRIPE_API_BASE", Assert.Throws<SettingException>(() => StripeKeys.Address(settings)).Setting);
    }

    [Theory]
    [InlineData("live", "test.", false)]
    [InlineData("live", "staging.", false)]
    [InlineData("live", "", true)]
    [InlineData("live", "live.", true)]
    [InlineData("test", "live.", false)]
    [InlineData("test", "LIVE-eu.", false)]
    [InlineData("test", "", true)]
    [InlineData("test", "test.", true)]
    public void A_topic_prefix_of_the_other_environment_is_refused(string environment, string prefix, bool taken)
    {
        var settings = Settings(environment, ("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092"), ("TOPIC_PREFIX", prefix));

        if (taken) Assert.Equal(prefix, KafkaSettings.From(settings).TopicPrefix);
        else Assert.Equal("TOPIC_PREFIX", Assert.Throws<SettingException>(() => KafkaSettings.From(settings)).Setting);
    }

    private static IConfiguration Settings(string environment, params (string Name, string? Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(
            settings.Append(("PIPELINE_ENVIRONMENT", environment))
                .Select(s => new KeyValuePair<string, string?>(s.Item1, s.Item2))).Build();
}
