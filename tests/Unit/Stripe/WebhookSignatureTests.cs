using Stripe;

namespace ContestPipeline.Unit.Stripe;

/// <summary>The signature of a webhook body, against a vector made with Stripe's own library.</summary>
public sealed class WebhookSignatureTests
{
    private const string Body = """{"id":"evt_test_vector","object":"event"}""";
    private const string Secret = "whsec_test_secret";
    private const string Signature = "a1105bfc524bfe0dccd23464348a2e2efb93c72756e87f1692801cda56ca6e7b";
    private const long SignedAt = 1_700_000_000;

    [Fact]
    public void The_signature_equals_the_one_made_by_the_official_library() =>
        Assert.Equal($"t=1700000000,v1={Signature}", EventUtility.GenerateSignatureHeader(Body, Secret, SignedAt));

    [Theory]
    [InlineData($"t=1700000000,v1={Signature}")]
    [InlineData($"t=1700000000,v1=00,v1={Signature},v0=11")]
    [InlineData($" t=1700000000, v1={Signature} ")]
    public void Any_v1_signature_of_the_header_may_fit(string header) =>
        EventUtility.ValidateSignature(Body, header, Secret, tolerance: 300, utcNow: SignedAt + 300);

    [Theory]
    [InlineData($"t=1700000001,v1={Signature}")]
    [InlineData($"t=1700000000,v0={Signature}")]
    [InlineData("t=1700000000,v1=")]
    [InlineData("t=1700000000")]
    [InlineData("nonsense")]
    public void Any_other_header_is_refused(string header) =>
        Assert.Throws<StripeException>(() => EventUtility.ValidateSignature(Body, header, Secret, 300, SignedAt));

    [Fact]
    public void One_changed_byte_of_the_body_is_refused() =>
        Assert.Throws<StripeException>(() =>
            EventUtility.ValidateSignature(Body + " ", $"t=1700000000,v1={Signature}", Secret, 300, SignedAt));

    [Theory]
    [InlineData(301)]
    [InlineData(-301)]
    public void A_signature_outside_the_tolerance_is_refused_in_both_directions(int offsetSeconds) =>
        Assert.Throws<StripeException>(() =>
            EventUtility.ValidateSignature(Body, $"t=1700000000,v1={Signature}", Secret, 300, SignedAt + offsetSeconds));

    [Theory]
    [InlineData("2026-10-28.endive", true)]
    [InlineData("2026-09-30.endive", true)]
    [InlineData("2026-07-29.dahlia", false)]
    [InlineData("2022-11-15", false)]
    [InlineData(null, false)]
    public void Versions_of_one_train_read_alike(string? version, bool compatible) =>
        Assert.Equal(compatible, EventUtility.IsCompatibleApiVersion(version));
}
