namespace ContestPipeline.Payout.Payouts;

/// <summary>States of a contest in Payout; stored by their words.</summary>
public enum PayingState
{
    Receiving,
    Posting,
    Held,
    Paying,
    Paid,
}
