using ContestPipeline.Contracts;

namespace ContestPipeline.Unit.Contracts;

/// <summary>The currencies in which contests may be held.</summary>
public sealed class CurrencyTests
{
    [Theory]
    [InlineData(1_234, "usd", "12.34")]
    [InlineData(-5, "eur", "-0.05")]
    [InlineData(1_234_567, "jpy", "1,234,567")]
    [InlineData(100_000, "gbp", "1,000.00")]
    public void Amounts_have_the_digits_of_their_currency(long minor, string currency, string written) =>
        Assert.Equal(written, Currencies.Written(minor, currency));

    [Fact]
    public void Each_is_written_as_Stripe_writes_it_and_has_a_least_fee()
    {
        Assert.All(Currencies.All, c =>
        {
            Assert.Matches("^[a-z]{3}$", c.Code);
            Assert.True(c.Exponent is 0 or 2, c.Code);
            Assert.InRange(c.EntryFeeMinorMin, 30, 2_000);
        });
        Assert.Equal(0, Currencies.Find("jpy")?.Exponent);
        Assert.Null(Currencies.Find("bhd"));
    }
}
