namespace ContestPipeline.StripeSimulator.Core;

/// <summary>A connected account.</summary>
public sealed record SimAccount(
    string Id, long Created, string Country, string DefaultCurrency, string? Email, string? TransfersCapability,
    IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>What Stripe asks every holder for before anything is paid out.</summary>
    public static IReadOnlyList<string> AskedOfEveryone { get; } =
    [
        "external_account", "individual.dob.day", "individual.dob.month", "individual.dob.year", "individual.first_name",
        "individual.last_name", "individual.ssn_last_4", "tos_acceptance.date", "tos_acceptance.ip",
    ];

    public string Type { get; init; } = "express";

    public bool DetailsSubmitted { get; init; }

    public bool PayoutsEnabled { get; init; }

    public string? DisabledReason { get; init; }

    public long? CurrentDeadline { get; init; }

    public IReadOnlyList<string> CurrentlyDue { get; init; } = AskedOfEveryone;

    public IReadOnlyList<string> PastDue { get; init; } = [];

    public IReadOnlyList<string> PendingVerification { get; init; } = [];

    /// <summary>The holder has cut the connection: the platform sees the account no more.</summary>
    public bool IsDeauthorized { get; init; }

    public object ToStripe() => new
    {
        id = Id,
        @object = "account",
        business_profile = (object?)null,
        business_type = "individual",
        capabilities = TransfersCapability is null
            ? new Dictionary<string, string>() : new() { ["transfers"] = TransfersCapability },
        charges_enabled = false,
        controller = new
        {
            fees = new { payer = Type == "standard" ? "account" : "application" },
            is_controller = true,
            losses = new { payments = Type == "standard" ? "stripe" : "application" },
            requirement_collection = Type == "custom" ? "application" : "stripe",
            stripe_dashboard = new { type = Type switch { "custom" => "none", "standard" => "full", _ => "express" } },
            type = "application",
        },
        country = Country,
        created = Created,
        default_currency = DefaultCurrency,
        details_submitted = DetailsSubmitted,
        email = Email,
        future_requirements = Requirements([], [], [], null, null),
        metadata = Metadata,
        payouts_enabled = PayoutsEnabled,
        requirements = Requirements(CurrentlyDue, PastDue, PendingVerification, DisabledReason, CurrentDeadline),
        tos_acceptance = new { date = DetailsSubmitted ? Created : (long?)null },
        type = Type,
    };

    public string BankAccountId => $"ba_{Id["acct_".Length..]}";

    public string PersonId => $"person_{Id["acct_".Length..]}";

    public object BankAccountToStripe() => new
    {
        id = BankAccountId,
        @object = "bank_account",
        account = Id,
        account_holder_name = (string?)null,
        account_holder_type = "individual",
        account_type = "checking",
        available_payout_methods = new[] { "standard" },
        bank_name = "STRIPE TEST BANK",
        country = Country,
        currency = DefaultCurrency,
        default_for_currency = true,
        fingerprint = "simulated",
        last4 = "6789",
        metadata = new { },
        routing_number = "110000000",
        status = "new",
    };

    public object PersonToStripe() => new
    {
        id = PersonId,
        @object = "person",
        account = Id,
        created = Created,
        email = Email,
        metadata = new { },
        relationship = new { director = false, executive = false, legal_guardian = false, owner = false,
            percent_ownership = (decimal?)null, representative = true, title = (string?)null },
        requirements = Requirements(CurrentlyDue, PastDue, PendingVerification, null, null),
        verification = new { status = PayoutsEnabled ? "verified" : PendingVerification.Count > 0 ? "pending" : "unverified" },
    };

    public object TransfersToStripe() => new
    {
        id = "transfers",
        @object = "capability",
        account = Id,
        future_requirements = Requirements([], [], [], null, null),
        requested = TransfersCapability is not null,
        requested_at = Created,
        requirements = Requirements(CurrentlyDue, PastDue, PendingVerification, DisabledReason, CurrentDeadline),
        status = TransfersCapability ?? "unrequested",
    };

    private static object Requirements(
        IReadOnlyList<string> currentlyDue, IReadOnlyList<string> pastDue, IReadOnlyList<string> pendingVerification,
        string? disabledReason, long? currentDeadline) => new
        {
            alternatives = Array.Empty<object>(),
            current_deadline = currentDeadline,
            currently_due = currentlyDue,
            disabled_reason = disabledReason,
            errors = Array.Empty<object>(),
            eventually_due = currentlyDue,
            past_due = pastDue,
            pending_verification = pendingVerification,
        };
}
