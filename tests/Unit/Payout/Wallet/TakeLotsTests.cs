using ContestPipeline.Contracts;
using ContestPipeline.Payout.Wallet;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Unit.Payout.Wallet;

/// <summary>Which lots of a wallet are used, against taking cent by cent from a plain list.</summary>
public sealed class TakeLotsTests
{
    private const int Wallets = 400;
    private const int OperationsPerWallet = 500;
    private static readonly DateTimeOffset s_start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Any_operations_leave_the_lots_that_taking_cent_by_cent_leaves_and_never_less_than_nothing()
    {
        var chance = new SeededRandom(21);
        var (taken, refused, returned) = (0, 0, 0);
        for (var wallet = 0; wallet < Wallets; wallet++)
        {
            var plain = new PlainWallet();
            IReadOnlyList<WalletLot> lots = [];
            var uses = new List<IReadOnlyList<LotPart>>();
            for (var n = 0; n < OperationsPerWallet; n++)
            {
                switch (chance.Next(4))
                {
                    case 0:
                        var lot = Lot(chance, n);
                        lots = [.. lots, lot];
                        plain.Credit(lot);
                        break;
                    case 1 when uses.Count > 0:
                        var use = uses[chance.Next(uses.Count)];
                        uses.Remove(use);
                        lots = TakeLots.After(lots, [.. use.Select(p => p with { AmountMinor = -p.AmountMinor })]);
                        plain.Return(use);
                        returned++;
                        break;
                    default:
                        var amountMinor = chance.Next(1, 120);
                        var held = plain.HeldMinor;
                        if (TakeLots.Decide(Shuffled(chance, lots), amountMinor) is TakeLots.Take take)
                        {
                            Assert.Equal(plain.Take(amountMinor), take.Parts.Select(p => (p.LotId, p.AmountMinor)));
                            lots = TakeLots.After(lots, take.Parts);
                            uses.Add(take.Parts);
                            taken++;
                        }
                        else
                        {
                            Assert.True(held < amountMinor);
                            refused++;
                        }

                        break;
                }

                Assert.Equal(plain.Left, lots.Select(l => (l.LotId, l.LeftMinor)));
            }
        }

        Assert.True(taken > 20_000 && refused > 2_000 && returned > 20_000,
            $"{taken} taken, {refused} refused, {returned} returned");
    }

    [Fact]
    public void What_is_missing_is_named_and_nothing_is_taken()
    {
        WalletLot[] lots = [new("b", "p", "usd", LotSources.Deposit, s_start, 30),
            new("a", "p", "usd", LotSources.Deposit, s_start, 30)];

        Assert.Equal(new TakeLots.Short(60, 1), TakeLots.Decide(lots, 61));
        var take = Assert.IsType<TakeLots.Take>(TakeLots.Decide(lots, 31));
        Assert.Equal([("a", 30L), ("b", 1L)], take.Parts.Select(p => (p.LotId, p.AmountMinor)));
        Assert.Throws<ArgumentOutOfRangeException>(() => TakeLots.Decide(lots, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => TakeLots.Decide(lots, -1));
        Assert.Throws<OverflowException>(() => TakeLots.Decide([lots[0] with { LeftMinor = long.MaxValue }, lots[1]], 1));
    }

    [Fact]
    public void What_one_stake_takes_the_next_does_not_find()
    {
        WalletLot[] lots = [new("a", "p", "usd", LotSources.Winnings, s_start, 100),
            new("b", "q", "usd", LotSources.Winnings, s_start, 60)];

        var decided = DecideStakes.Of([Asked("c1", "p"), Asked("c2", "p"), Asked("c3", "q")], lots);

        Assert.Equal([StakeState.Staked, StakeState.Short, StakeState.Staked], decided.Select(d => d.Stake.State));
        Assert.Equal("the wallet holds 40 usd minor units, 20 are missing for the stake of 60", decided[1].Stake.Reason);
    }

    [Fact]
    public void Of_a_prize_only_what_is_no_returned_stake_is_a_lot_of_winnings()
    {
        WonPrize[] won = [new("p", 1_388, ["e1"]), new("q", 1_000, ["e2"])];
        LotUse[] stakes = [new("stake/c/e1", "a", "p", "usd", 600), new("stake/c/e1", "b", "p", "usd", 400),
            new("stake/c/e2", "d", "q", "usd", 1_000)];

        var lot = Assert.Single(CreditPrizes.NewLots("c", 1, "usd", won, stakes));

        Assert.Equal(("prize-credit/c/1/p", 388L, LotSources.Winnings), (lot.LotId, lot.AmountMinor, lot.Source));
        Assert.Throws<InvariantException>(() => CreditPrizes.NewLots("c", 1, "usd", [new("p", 999, ["e1"])], stakes));
    }

    private static WalletStake Asked(string contestId, string playerId) =>
        new(contestId, "e", playerId, 60, "usd", StakeState.Staked, null);

    private static WalletLot Lot(SeededRandom chance, int n) => new(
        $"lot-{chance.Next(1_000):D3}-{n}", "p", "usd", LotSources.Deposit, s_start.AddDays(chance.Next(10)),
        chance.Next(1, 100));

    private static WalletLot[] Shuffled(SeededRandom chance, IReadOnlyList<WalletLot> lots)
    {
        WalletLot[] shuffled = [.. lots];
        chance.Shuffle(shuffled);
        return shuffled;
    }

    /// <summary>The same wallet, as simply as it can be said.</summary>
    private sealed class PlainWallet
    {
        private readonly List<WalletLot> lots = [];

        public long HeldMinor => lots.Sum(l => l.LeftMinor);

        public IEnumerable<(string, long)> Left => lots.Select(l => (l.LotId, l.LeftMinor));

        public void Credit(WalletLot lot) => lots.Add(lot);

        public void Return(IReadOnlyList<LotPart> parts)
        {
            foreach (var part in parts)
            {
                var at = lots.FindIndex(l => l.LotId == part.LotId);
                lots[at] = lots[at] with { LeftMinor = lots[at].LeftMinor + part.AmountMinor };
            }
        }

        public List<(string, long)> Take(long amountMinor)
        {
            var parts = new List<(string LotId, long AmountMinor)>();
            for (; amountMinor > 0; amountMinor--)
            {
                var oldest = lots.Where(l => l.LeftMinor > 0)
                    .Aggregate((a, b) => a.CreditedAt < b.CreditedAt
                        || a.CreditedAt == b.CreditedAt && string.CompareOrdinal(a.LotId, b.LotId) < 0 ? a : b);
                lots[lots.IndexOf(oldest)] = oldest with { LeftMinor = oldest.LeftMinor - 1 };
                if (parts.Count > 0 && parts[^1].LotId == oldest.LotId) parts[^1] = (oldest.LotId, parts[^1].AmountMinor + 1);
                else parts.Add((oldest.LotId, 1));
            }

            return parts;
        }
    }
}
