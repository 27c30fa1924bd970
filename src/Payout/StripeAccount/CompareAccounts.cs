namespace ContestPipeline.Payout.StripeAccount;

/// <summary>What Stripe said when it was asked of which account a key is.</summary>
public abstract record KeyOwner
{
    private KeyOwner() { }

    /// <param name="AccountId">Stripe's id of the platform's account (<c>acct_…</c>).</param>
    public sealed record Account(string AccountId) : KeyOwner;

    /// <summary>The key is good, and lacks the permission for this question.</summary>
    public sealed record NotTold(string What) : KeyOwner;

    /// <summary>Stripe did not answer, or does not accept the key: it is asked again.</summary>
    public sealed record Unknown(string What) : KeyOwner;
}

/// <summary>What follows from whose the keys are.</summary>
public abstract record KeyVerdict
{
    private KeyVerdict() { }

    /// <summary>All keys are of the account that the books tell of.</summary>
    /// <param name="ReadingNotTold">The key for looking does not say whose it is, so that it is not used; null: it is.</param>
    public sealed record Same(string AccountId, string? ReadingNotTold) : KeyVerdict;

    /// <summary>A key is of another account: the worker stops.</summary>
    /// <param name="What">Follows the name of the setting in a sentence.</param>
    public sealed record Other(string Setting, string What) : KeyVerdict;

    /// <summary>Not known yet: nothing is sent.</summary>
    public sealed record Later(string Setting, string What) : KeyVerdict;
}

/// <summary>
/// Compares of which account at Stripe the keys are with the account that the books tell of. A look-up with a key of another
/// account finds nothing of ours, which would be taken for "not paid yet".
/// </summary>
public static class CompareAccounts
{
    public const string MoneySetting = "STRIPE_API_KEY";
    public const string ReadingSetting = "STRIPE_RESTRICTED_KEY";

    /// <param name="stamped">The account that this database has paid from so far; null: none yet.</param>
    /// <param name="reading">Null: there is only one key.</param>
    public static KeyVerdict Decide(string? stamped, KeyOwner money, KeyOwner? reading)
    {
        if (money is KeyOwner.Unknown unknown) return new KeyVerdict.Later(MoneySetting, unknown.What);
        if (money is KeyOwner.NotTold notTold) return new KeyVerdict.Later(MoneySetting, notTold.What);
        var ours = ((KeyOwner.Account)money).AccountId;
        if (stamped is not null && stamped != ours)
            return new KeyVerdict.Other(MoneySetting,
                $"is a key of account {ours} at Stripe, but the database of PAYOUT_DATABASE tells of payments from account "
                    + $"{stamped}");
        return reading switch
        {
            KeyOwner.Account other when other.AccountId != ours =>
                new KeyVerdict.Other(
                    ReadingSetting, $"is a key of account {other.AccountId} at Stripe, but {MoneySetting} is of account {ours}"),
            KeyOwner.Unknown later => new KeyVerdict.Later(ReadingSetting, later.What),
            _ => new KeyVerdict.Same(ours, (reading as KeyOwner.NotTold)?.What),
        };
    }
}
