using ContestPipeline.Payout.Api.Answers;
using ContestPipeline.Payout.Api.Players;
using Stripe;

namespace ContestPipeline.Unit.Payout;

/// <summary>What an account holds, from the lists in which Stripe says it.</summary>
public sealed class HeldBalancesTests
{
    [Fact]
    public void Each_currency_that_Stripe_names_anywhere_is_there_once_with_its_sums()
    {
        var balance = new Balance
        {
            Available = [Amount("usd", 100), Amount("eur", 7), Amount("usd", 20)], Pending = [Amount("jpy", 5)],
            InstantAvailable = [new BalanceInstantAvailable { Currency = "usd", Amount = 60 }],
        };

        Assert.Equal(
            [new HeldBalance("eur", 7, 0, null), new HeldBalance("jpy", 0, 5, null), new HeldBalance("usd", 120, 0, 60)],
            HeldBalances.Of(balance));
    }

    [Fact]
    public void Of_nothing_nothing_is_said() => Assert.Empty(HeldBalances.Of(new Balance()));

    private static BalanceAmount Amount(string currency, long minor) => new() { Currency = currency, Amount = minor };
}
