namespace ContestPipeline.Payout.Wallet;

/// <summary>What a player stakes on a challenge out of the wallet.</summary>
/// <param name="State">One of <see cref="StakeState"/>.</param>
/// <param name="AmountMinor">In minor units, above 0.</param>
/// <param name="Reason">Why nothing was taken; null: it was.</param>
public sealed record WalletStake(
    string ContestId, string EntryId, string PlayerId, long AmountMinor, string Currency, string State, string? Reason)
{
    public WalletKey Wallet => new(PlayerId, Currency);

    /// <summary>Of the ledger line that takes it, and of its use of lots.</summary>
    public string Words => WordsOf(ContestId, EntryId);

    public static string WordsOf(string contestId, string entryId) => $"stake/{contestId}/{entryId}";
}

/// <summary>A wallet out of which nothing is taken now, and what keeps it so.</summary>
public static class WalletFrozen
{
    /// <summary>A deposit of the player is disputed, or lost and not taken yet: nothing leaves the wallet.</summary>
    public const string ByDispute = "deposit-disputed";

    /// <summary>The books may lack what has gone out already: nothing goes to a bank or a card.</summary>
    public const string ByRecovery = "recovery";

    public const string Why =
        "the wallet is frozen while a deposit of the player is disputed, or while the books are being recovered";
}

/// <summary>What has become of a stake.</summary>
public static class StakeState
{
    /// <summary>It is taken, and in the contest.</summary>
    public const string Staked = "staked";

    /// <summary>The wallet did not hold it: nothing was taken.</summary>
    public const string Short = "short";

    /// <summary>It went back because the entry does not take part, or no longer does.</summary>
    public const string Returned = "returned";
}

/// <summary>What is taken of one wallet for the stakes of one message after the other.</summary>
public static class DecideStakes
{
    /// <param name="asked">What is to be staked, in the order of asking.</param>
    /// <param name="lots">Of every wallet that is named; what one stake takes the next does not find.</param>
    /// <param name="frozen">Players out of whose wallets nothing is taken now.</param>
    /// <returns>In the order of <paramref name="asked"/>: the stake as it is now, and from which lots it was taken.</returns>
    public static IReadOnlyList<(WalletStake Stake, IReadOnlyList<LotPart> Parts)> Of(
        IReadOnlyList<WalletStake> asked, IReadOnlyList<WalletLot> lots, IReadOnlyList<string>? frozen = null)
    {
        var wallets = lots.GroupBy(l => l.Wallet).ToDictionary(g => g.Key, IReadOnlyList<WalletLot> (g) => [.. g]);
        var decided = new List<(WalletStake, IReadOnlyList<LotPart>)>();
        foreach (var stake in asked)
        {
            if (frozen?.Contains(stake.PlayerId) == true)
            {
                decided.Add((stake with { State = StakeState.Short, Reason = WalletFrozen.Why }, []));
                continue;
            }

            var held = wallets.GetValueOrDefault(stake.Wallet) ?? [];
            switch (TakeLots.Decide(held, stake.AmountMinor))
            {
                case TakeLots.Take take:
                    wallets[stake.Wallet] = TakeLots.After(held, take.Parts);
                    decided.Add((stake, take.Parts));
                    break;
                case TakeLots.Short missing:
                    decided.Add((stake with { State = StakeState.Short, Reason =
                        $"the wallet holds {missing.HeldMinor} {stake.Currency} minor units, {missing.MissingMinor} are missing "
                            + $"for the stake of {stake.AmountMinor}" }, []));
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }

        return decided;
    }
}
