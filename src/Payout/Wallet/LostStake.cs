namespace ContestPipeline.Payout.Wallet;

/// <summary>A stake that was read again while the books were recovered, before the lots it was taken from.</summary>
/// <param name="IsAccepted">It was read that the entry takes part, which shows that its stake was taken.</param>
/// <param name="HasLeft">The entry has left, or its contest was cancelled.</param>
public sealed record LostStake(
    string ContestId, string EntryId, string PlayerId, long AmountMinor, string Currency, bool IsAccepted, bool HasLeft)
{
    public WalletStake Asked => new(ContestId, EntryId, PlayerId, AmountMinor, Currency, StakeState.Staked, null);
}
