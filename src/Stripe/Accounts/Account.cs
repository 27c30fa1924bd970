namespace Stripe;

/// <summary>A connected account: whom money is transferred to.</summary>
public sealed class Account : StripeEntity<Account>, IHasId, IHasMetadata, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public AccountCapabilities Capabilities { get; set; }

    public bool ChargesEnabled { get; set; }

    public AccountController Controller { get; set; }

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

    public List<AccountRequirementsError> Errors { get; set; }

    public List<string> EventuallyDue { get; set; }

    public List<string> PastDue { get; set; }

    public List<string> PendingVerification { get; set; }
}

/// <summary>What was wrong with something the account holder gave.</summary>
public sealed class AccountRequirementsError : StripeEntity<AccountRequirementsError>
{
    public string Code { get; set; }

    public string Reason { get; set; }

    public string Requirement { get; set; }
}

/// <summary>Who answers for what between platform, account holder and Stripe.</summary>
public sealed class AccountController : StripeEntity<AccountController>
{
    public AccountControllerFees Fees { get; set; }

    public AccountControllerLosses Losses { get; set; }

    public string RequirementCollection { get; set; }

    public AccountControllerStripeDashboard StripeDashboard { get; set; }

    public string Type { get; set; }
}

/// <summary>Who pays Stripe's fees.</summary>
public sealed class AccountControllerFees : StripeEntity<AccountControllerFees>
{
    public string Payer { get; set; }
}

/// <summary>Who bears a negative balance.</summary>
public sealed class AccountControllerLosses : StripeEntity<AccountControllerLosses>
{
    public string Payments { get; set; }
}

/// <summary>Which dashboard the account holder sees.</summary>
public sealed class AccountControllerStripeDashboard : StripeEntity<AccountControllerStripeDashboard>
{
    public string Type { get; set; }
}
