using Stripe;

namespace ContestPipeline.Unit.Stripe;

/// <summary>How parameters are written on the wire.</summary>
public sealed class FormEncoderTests
{
    [Fact]
    public void A_transfer_is_written_with_nested_metadata_and_without_what_is_unset() =>
        Assert.Equal(
            "amount=1250&currency=usd&destination=acct_1&metadata[payout_id]=p+%26+1&transfer_group=contest-7",
            FormEncoder.Encode(new TransferCreateOptions
            {
                Amount = 1250,
                Currency = "usd",
                Destination = "acct_1",
                Metadata = new() { ["payout_id"] = "p & 1" },
                TransferGroup = "contest-7",
            }));

    [Fact]
    public void Lists_are_indexed_and_flags_are_lower_case() =>
        Assert.Equal(
            "delivery_success=false&types[0]=account.updated&types[1]=transfer.created&expand[0]=data.account",
            FormEncoder.Encode(new EventListOptions
            {
                DeliverySuccess = false, Types = ["account.updated", "transfer.created"], Expand = ["data.account"],
            }));

    [Fact]
    public void An_empty_list_is_written_as_an_empty_value() =>
        Assert.Equal("types=", FormEncoder.Encode(new EventListOptions { Types = [] }));

    [Fact]
    public void A_span_of_time_is_written_in_unix_seconds() =>
        Assert.Equal(
            "created[gte]=1700000000&created[lt]=1700000060",
            FormEncoder.Encode(new TransferListOptions
            {
                Created = new DateRangeOptions
                {
                    GreaterThanOrEqual = DateTime.UnixEpoch.AddSeconds(1_700_000_000), LessThan = DateTime.UnixEpoch.AddSeconds(1_700_000_060),
                },
            }));

    [Fact]
    public void A_moment_is_written_in_unix_seconds() =>
        Assert.Equal(
            "created=1700000000",
            FormEncoder.Encode(new TransferListOptions { Created = (DateTime?)DateTime.UnixEpoch.AddSeconds(1_700_000_000) }));
}
