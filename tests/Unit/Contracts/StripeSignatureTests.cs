using System.Text;
using ContestPipeline.Contracts;

namespace ContestPipeline.Unit.Contracts;

/// <summary>Stripe's signature over bytes, against a vector made with Stripe's own library.</summary>
public sealed class StripeSignatureTests
{
    private const string Secret = "whsec_test_secret";
    private const string Signature = "a1105bfc524bfe0dccd23464348a2e2efb93c72756e87f1692801cda56ca6e7b";
    private static readonly byte[] s_body = Encoding.UTF8.GetBytes("""{"id":"evt_test_vector","object":"event"}""");
    private static readonly DateTimeOffset s_signedAt = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    [Fact]
    public void The_header_equals_the_one_made_by_the_official_library() =>
        Assert.Equal($"t=1700000000,v1={Signature}", StripeSignature.Header(s_body, s_signedAt, Secret));

    [Theory]
    [InlineData($"t=1700000000,v1={Signature}")]
    [InlineData($" t=1700000000, v1={Signature} ,v0=11")]
    [InlineData($"t=1700000000,v1=00,v1={Signature}")]
    public void Any_v1_of_the_header_may_fit(string header) =>
        Assert.Equal(SignatureCheck.Genuine, StripeSignature.Check(s_body, header, [Secret], s_signedAt));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("t=1700000000")]
    [InlineData($"v1={Signature}")]
    [InlineData($"t=-1700000000,v1={Signature}")]
    [InlineData($"t=99999999999999999999,v1={Signature}")]
    [InlineData($"t=1700000000,v1={Signature},=,broken")]
    public void A_header_of_another_form_is_unreadable(string? header) =>
        Assert.Equal(SignatureCheck.Unreadable, StripeSignature.Check(s_body, header, [Secret], s_signedAt));

    [Theory]
    [InlineData($"t=1700000001,v1={Signature}")]
    [InlineData("t=1700000000,v1=b1105bfc524bfe0dccd23464348a2e2efb93c72756e87f1692801cda56ca6e7b")]
    public void A_signature_over_something_else_is_forged(string header) =>
        Assert.Equal(SignatureCheck.Forged, StripeSignature.Check(s_body, header, [Secret], s_signedAt));

    [Fact]
    public void Every_changed_cut_or_added_byte_is_noticed()
    {
        var header = StripeSignature.Header(s_body, s_signedAt, Secret);

        for (var i = 0; i < s_body.Length; i++)
        {
            var changed = s_body.ToArray();
            changed[i] ^= 1;
            Assert.Equal(SignatureCheck.Forged, StripeSignature.Check(changed, header, [Secret], s_signedAt));
            Assert.Equal(SignatureCheck.Forged, StripeSignature.Check(s_body.AsSpan(0, i), header, [Secret], s_signedAt));
        }

        Assert.Equal(SignatureCheck.Forged, StripeSignature.Check([.. s_body, 10], header, [Secret], s_signedAt));
    }

    [Fact]
    public void While_a_secret_is_replaced_the_old_and_the_new_one_are_both_good()
    {
        var rolling = StripeSignature.Header(s_body, s_signedAt, "whsec_old", "whsec_new");

        Assert.Equal(SignatureCheck.Genuine, StripeSignature.Check(s_body, rolling, ["whsec_old"], s_signedAt));
        Assert.Equal(SignatureCheck.Genuine, StripeSignature.Check(s_body, rolling, ["whsec_other", "whsec_new"], s_signedAt));
        Assert.Equal(SignatureCheck.Forged, StripeSignature.Check(s_body, rolling, ["whsec_other"], s_signedAt));
        Assert.Equal(SignatureCheck.Forged, StripeSignature.Check(s_body, rolling, [], s_signedAt));
    }

    [Theory]
    [InlineData(300, SignatureCheck.Genuine)]
    [InlineData(-300, SignatureCheck.Genuine)]
    [InlineData(301, SignatureCheck.Old)]
    [InlineData(-301, SignatureCheck.Old)]
    public void It_is_good_for_300_seconds_in_both_directions(int seconds, SignatureCheck expected) =>
        Assert.Equal(expected,
            StripeSignature.Check(
                s_body, StripeSignature.Header(s_body, s_signedAt, Secret), [Secret], s_signedAt.AddSeconds(seconds)));

    [Fact]
    public void Without_a_clock_the_age_does_not_matter_but_the_signature_does()
    {
        var header = StripeSignature.Header(s_body, DateTimeOffset.UnixEpoch, Secret);

        Assert.Equal(SignatureCheck.Genuine, StripeSignature.Check(s_body, header, [Secret], now: null));
        Assert.Equal(SignatureCheck.Forged, StripeSignature.Check(s_body, header, ["whsec_other"], now: null));
    }
}
