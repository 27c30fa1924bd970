using ContestPipeline.Contracts;
using ContestPipeline.Payout.StripeEvents;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Unit.Payout.Events;

/// <summary>What Payout takes for signed by Stripe, of what it reads from the topic.</summary>
public sealed class EventSecretsTests
{
    private static readonly byte[] s_body = "{\"id\":\"evt_1\"}"u8.ToArray();
    private static readonly DateTimeOffset s_at = new(2026, 9, 13, 17, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("platform", "whsec_new", false)]
    [InlineData("platform", "whsec_old", false)]
    [InlineData("connect", "whsec_connect", false)]
    [InlineData("platform", "whsec_connect", true)]
    [InlineData("connect", "whsec_new", true)]
    [InlineData("platform", "whsec_of_a_thief", true)]
    public void Each_endpoint_has_its_own_secrets_and_a_replaced_one_goes_on_counting(
        string endpoint, string secret, bool missed) =>
        Assert.Equal(missed, Secrets("whsec_new, whsec_old", "whsec_connect").AreMissed(
            Record(endpoint, StripeSignature.Header(s_body, s_at, secret), s_body)));

    [Fact]
    public void Another_byte_or_no_signature_is_no_event_of_Stripes_and_without_secrets_nothing_is_checked()
    {
        var header = StripeSignature.Header(s_body, s_at, "whsec_new");

        Assert.True(Secrets("whsec_new", null).AreMissed(Record("platform", header, [.. s_body, (byte)' '])));
        Assert.True(Secrets("whsec_new", null).AreMissed(Record("platform", null, s_body)));
        Assert.False(Secrets("whsec_new", null).AreMissed(Record("connect", null, s_body)));
        Assert.False(Secrets(null, null).AreMissed(Record("platform", null, s_body)));
    }

    [Fact]
    public void Secrets_on_lines_of_a_file_count_as_those_by_commas_and_a_malformed_one_is_told_at_the_start()
    {
        var header = StripeSignature.Header(s_body, s_at, "whsec_old");

        Assert.False(Secrets("whsec_new\nwhsec_old\n", null).AreMissed(Record("platform", header, s_body)));
        Assert.Equal("STRIPE_WEBHOOK_SECRETS", Assert.Throws<SettingException>(() => Secrets("sk_test_1", null)).Setting);
    }

    private static EventSecrets Secrets(string? platform, string? connect) => EventSecrets.From(
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["STRIPE_WEBHOOK_SECRETS"] = platform, ["STRIPE_CONNECT_WEBHOOK_SECRETS"] = connect,
        }).Build());

    private static Envelope Record(string endpoint, string? signature, byte[] body)
    {
        var headers = new Dictionary<string, string> { ["stripe-endpoint"] = endpoint };
        if (signature is not null) headers["stripe-signature"] = signature;
        return new Envelope(
            Topics.StripeWebhooks, 0, 1, "k", Guid.Empty, "stripe.event", "stripe/platform", s_at, null, headers, body);
    }
}
