namespace Stripe;

/// <summary>A connected account: whom money is transferred to.</summary>
public sealed class Account : StripeEntity<Account>, IHasId, IHasMetadata, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public AccountCapabilities Capabilities { get; set; }

    public bool ChargesEnabled { get; set; }

    public string Country { get; set; }

    public DateTime Created { get; set; } = DateTime.UnixEpoch;

    public string DefaultCurrency { get; set; }

    public bool? Deleted { get; set; }

    public bool DetailsSubmitted { get; set; }

    public string Email { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public bool PayoutsEnabled { get; set; }

    public AccountRequirements Requirements { get; set; }

    public string Type { get; set; }
}

/// <summary>What an account may do: active, inactive, pending; null when never asked for.</summary>
public sealed class AccountCapabilities : StripeEntity<AccountCapabilities>
{
    public string CardPayments { get; set; }

    public string LegacyPayments { get; set; }

    public string Transfers { get; set; }
}

/// <summary>What Stripe still wants to know from the account holder.</summary>
public sealed class AccountRequirements : StripeEntity<AccountRequirements>
{
    public DateTime? CurrentDeadline { get; set; }

    public List<string> CurrentlyDue { get; set; }

    public string DisabledReason { get; set; }

    public List<string> EventuallyDue { get; set; }

    public List<string> PastDue { get; set; }

    public List<string> PendingVerification { get; set; }
}
