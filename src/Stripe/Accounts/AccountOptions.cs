namespace Stripe;

/// <summary>The account to create.</summary>
public sealed class AccountCreateOptions : BaseOptions, IHasMetadata
{
    public AccountCapabilitiesOptions Capabilities { get; set; }

    public AccountControllerOptions Controller { get; set; }

    public string Country { get; set; }

    public string DefaultCurrency { get; set; }

    public string Email { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string Type { get; set; }
}

/// <summary>What to change in an account.</summary>
public sealed class AccountUpdateOptions : BaseOptions, IHasMetadata
{
    public AccountCapabilitiesOptions Capabilities { get; set; }

    public string Email { get; set; }

    public Dictionary<string, string> Metadata { get; set; }
}

/// <summary>Nothing but what to expand.</summary>
public sealed class AccountGetOptions : BaseOptions;

/// <summary>Nothing but what to expand.</summary>
public sealed class AccountDeleteOptions : BaseOptions;

/// <summary>Why the platform wants nothing more to do with an account.</summary>
public sealed class AccountRejectOptions : BaseOptions
{
    public string PayoutsAction { get; set; }

    public string Reason { get; set; }
}

/// <summary>Which accounts to list.</summary>
public sealed class AccountListOptions : ListOptions
{
    public AnyOf<DateTime?, DateRangeOptions> Created { get; set; }
}

/// <summary>The capabilities to ask for.</summary>
public sealed class AccountCapabilitiesOptions : INestedOptions
{
    public AccountCapabilitiesTransfersOptions Transfers { get; set; }
}

/// <summary>Whether the account is to receive transfers.</summary>
public sealed class AccountCapabilitiesTransfersOptions : INestedOptions
{
    public bool? Requested { get; set; }
}

/// <summary>Who answers for what between platform, account holder and Stripe.</summary>
public sealed class AccountControllerOptions : INestedOptions
{
    public AccountControllerFeesOptions Fees { get; set; }

    public AccountControllerLossesOptions Losses { get; set; }

    public string RequirementCollection { get; set; }

    public AccountControllerStripeDashboardOptions StripeDashboard { get; set; }
}

/// <summary>Who pays Stripe's fees.</summary>
public sealed class AccountControllerFeesOptions : INestedOptions
{
    public string Payer { get; set; }
}

/// <summary>Who bears a negative balance.</summary>
public sealed class AccountControllerLossesOptions : INestedOptions
{
    public string Payments { get; set; }
}

/// <summary>Which dashboard the account holder sees.</summary>
public sealed class AccountControllerStripeDashboardOptions : INestedOptions
{
    public string Type { get; set; }
}
