namespace ContestPipeline.Payout.Payouts;

/// <summary>States of a contest in Payout.</summary>
public static class PayingState
{
    public const string Receiving = "receiving";
    public const string Posting = "posting";
    public const string Held = "held";
    public const string Paying = "paying";
    public const string Paid = "paid";
}
