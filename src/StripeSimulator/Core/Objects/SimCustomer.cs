namespace ContestPipeline.StripeSimulator.Core;

/// <summary>A payer whose payment methods are kept.</summary>
public sealed record SimCustomer(string Id, long Created, IReadOnlyDictionary<string, string> Metadata)
{
    public string? Email { get; init; }

    public string? Name { get; init; }

    public string? Phone { get; init; }

    public string? Description { get; init; }

    /// <summary>The payment method that invoices would take; null: none is named.</summary>
    public string? DefaultPaymentMethod { get; init; }

    public object ToStripe() => new
    {
        id = Id,
        @object = "customer",
        address = (object?)null,
        balance = 0,
        created = Created,
        currency = (string?)null,
        default_source = (string?)null,
        delinquent = false,
        description = Description,
        discount = (object?)null,
        email = Email,
        invoice_prefix = Id[^8..].ToUpperInvariant(),
        invoice_settings = new { custom_fields = (object?)null, default_payment_method = DefaultPaymentMethod,
            footer = (string?)null, rendering_options = (object?)null },
        livemode = false,
        metadata = Metadata,
        name = Name,
        next_invoice_sequence = 1,
        phone = Phone,
        preferred_locales = Array.Empty<string>(),
        shipping = (object?)null,
        tax_exempt = "none",
        test_clock = (string?)null,
    };
}

/// <summary>A card or bank account that can be charged again.</summary>
/// <param name="Behaviour">The test payment method as which it behaves: <c>pm_card_visa</c>.</param>
public sealed record SimPaymentMethod(
    string Id, long Created, string Behaviour, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>Whose it is; null: nobody's.</summary>
    public string? Customer { get; init; }

    /// <summary>It was somebody's, and cannot be used again.</summary>
    public bool IsDetached { get; init; }

    /// <summary>Its holder has agreed at the bank that it is charged without being asked.</summary>
    public bool IsAuthenticated { get; init; }

    public string Type => Behaviour.StartsWith("pm_usBankAccount", StringComparison.Ordinal) ? "us_bank_account" : "card";

    public object ToStripe() => new
    {
        id = Id,
        @object = "payment_method",
        allow_redisplay = "unspecified",
        billing_details = new { address = (object?)null, email = (string?)null, name = (string?)null, phone = (string?)null,
            tax_id = (string?)null },
        card = Type == "card" ? Card() : null,
        created = Created,
        customer = Customer,
        livemode = false,
        metadata = Metadata,
        type = Type,
        us_bank_account = Type == "card" ? null : new { account_holder_type = "individual", account_type = "checking",
            bank_name = "STRIPE TEST BANK", last4 = "6789", routing_number = "110000000" },
    };

    private static object Card() => new
    {
        brand = "visa", checks = new { cvc_check = "pass" }, country = "US", display_brand = "visa", exp_month = 12,
        exp_year = 2040, fingerprint = "simulated", funding = "credit", last4 = "4242",
        networks = new { available = new[] { "visa" }, preferred = (string?)null },
        three_d_secure_usage = new { supported = true },
    };
}
