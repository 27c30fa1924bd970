namespace Stripe;

/// <summary>What to collect, and how.</summary>
public sealed class PaymentIntentCreateOptions : BaseOptions, IHasMetadata
{
    public long? Amount { get; set; }

    public PaymentIntentAutomaticPaymentMethodsOptions AutomaticPaymentMethods { get; set; }

    public string CaptureMethod { get; set; }

    public bool? Confirm { get; set; }

    public string Currency { get; set; }

    public string Customer { get; set; }

    public string Description { get; set; }

    public bool? ErrorOnRequiresAction { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public bool? OffSession { get; set; }

    public string PaymentMethod { get; set; }

    public string ReceiptEmail { get; set; }

    public string ReturnUrl { get; set; }

    public string StatementDescriptorSuffix { get; set; }

    public string TransferGroup { get; set; }
}

/// <summary>Whether Stripe is to choose the ways to pay, and whether those may lead the payer to another page.</summary>
public sealed class PaymentIntentAutomaticPaymentMethodsOptions : INestedOptions
{
    public string AllowRedirects { get; set; }

    public bool? Enabled { get; set; }
}

/// <summary>What to change before the payment.</summary>
public sealed class PaymentIntentUpdateOptions : BaseOptions, IHasMetadata
{
    public long? Amount { get; set; }

    public string Currency { get; set; }

    public string Description { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string PaymentMethod { get; set; }

    public string TransferGroup { get; set; }
}

/// <summary>Which page of a payer to read for; nothing for the platform itself.</summary>
public sealed class PaymentIntentGetOptions : BaseOptions
{
    public string ClientSecret { get; set; }
}

/// <summary>How to pay.</summary>
public sealed class PaymentIntentConfirmOptions : BaseOptions
{
    public bool? ErrorOnRequiresAction { get; set; }

    public bool? OffSession { get; set; }

    public string PaymentMethod { get; set; }

    public string ReceiptEmail { get; set; }

    public string ReturnUrl { get; set; }
}

/// <summary>Why nothing is to be collected any more.</summary>
public sealed class PaymentIntentCancelOptions : BaseOptions
{
    public string CancellationReason { get; set; }
}

/// <summary>Which payment intents to list.</summary>
public sealed class PaymentIntentListOptions : ListOptions
{
    public AnyOf<DateTime?, DateRangeOptions> Created { get; set; }

    public string Customer { get; set; }
}
