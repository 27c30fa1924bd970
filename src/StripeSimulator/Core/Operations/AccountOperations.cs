namespace ContestPipeline.StripeSimulator.Core;

/// <summary>Connected accounts.</summary>
internal sealed class AccountOperations(Books books)
{
    private static readonly string[] RejectReasons =
    [
        "credit", "fraud_no_intent_to_fulfill", "fraud_other", "fraud_payment_method_casher", "fraud_payment_method_tester",
        "other", "terms_of_service",
    ];

    private static readonly ParameterCheck OfCreate = new(
        ["type", "country", "email", "default_currency", "business_type"],
        ["metadata", "capabilities", "controller", "expand", "business_profile", "individual", "company", "settings",
            "tos_acceptance"]);

    private static readonly ParameterCheck OfUpdate = new(
        ["email", "default_currency", "business_type"],
        ["metadata", "capabilities", "expand", "business_profile", "individual", "company", "settings", "tos_acceptance"]);

    private static readonly ParameterCheck OfReject = new(["reason!", "payouts_action"], ["expand"]);
    private static readonly ParameterCheck OfGet = new([], ["expand"]);

    private static readonly SimAccount s_platform = new(
        "acct_simulatedplatform", 0, "US", "usd", "platform@simulator.test", "active", new Dictionary<string, string>())
    {
        Type = "standard", DetailsSubmitted = true, PayoutsEnabled = true, CurrentlyDue = [],
    };

    /// <summary>
    /// A capability that was asked for starts inactive: it becomes active when the holder has identified himself.
    /// </summary>
    public SimResponse Create(FormParameters parameters, long now)
    {
        if (OfCreate.Refusal(parameters) is { } refusal) return refusal;
        if (parameters["type"] is not null
            && parameters.Names.Any(name => name.StartsWith("controller[", StringComparison.Ordinal)))
            return StripeErrors.Invalid(
                "type", "You may not provide the `type` parameter and `controller` parameters simultaneously.");
        if (parameters["type"] is not (null or "express" or "custom" or "standard"))
            return StripeErrors.Invalid("type", "Invalid type: must be one of custom, express, or standard");
        var account = new SimAccount(
            books.NextId("acct"), now, parameters["country"] ?? "US", parameters["default_currency"] ?? "usd",
            parameters["email"], RequestsTransfers(parameters) ? "inactive" : null, parameters.Children("metadata"))
        {
            Type = parameters["type"]
                ?? parameters["controller[stripe_dashboard][type]"] switch { "full" => "standard", "none" => "custom",
                    _ => "express" },
            DisabledReason = "requirements.past_due",
            PastDue = SimAccount.AskedOfEveryone,
        };
        books.Accounts.Add(account.Id, account);
        books.Emit(now, "account.updated", account.ToStripe(), account.Id);
        return StripeState.Ok(account.ToStripe());
    }

    public SimResponse Update(string id, FormParameters parameters, long now)
    {
        if (OfUpdate.Refusal(parameters) is { } refusal) return refusal;
        if (!TryFind(id, out var account, out var unknown)) return unknown;
        return Changed(now, account with
        {
            Email = parameters["email"] ?? account.Email,
            Metadata = parameters.Merge("metadata", account.Metadata),
            TransfersCapability = account.TransfersCapability ?? (RequestsTransfers(parameters) ? "inactive" : null),
        });
    }

    /// <summary>Whose key it is: every key here is of the one platform.</summary>
    public static SimResponse Platform(FormParameters parameters) =>
        OfGet.Refusal(parameters) ?? StripeState.Ok(s_platform.ToStripe());

    public SimResponse Get(string id, FormParameters parameters) =>
        OfGet.Refusal(parameters)
            ?? (TryFind(id, out var account, out var unknown) ? StripeState.Ok(account.ToStripe()) : unknown);

    public SimResponse List(FormParameters parameters) =>
        ParameterCheck.List().Refusal(parameters) ?? ListPage.Of(
            "/v1/accounts", parameters, books.Accounts.All.Where(account => !account.IsDeauthorized),
            account => account.Id, account => account.Created, account => account.ToStripe());

    /// <summary>Only an account without money can go.</summary>
    public SimResponse Delete(string id, FormParameters parameters)
    {
        if (OfGet.Refusal(parameters) is { } refusal) return refusal;
        if (!TryFind(id, out var account, out var unknown)) return unknown;
        if (books.AccountMinor(id, account.DefaultCurrency) != 0)
            return StripeErrors.Business("This account cannot be deleted because its balance is not zero.");
        books.Accounts.Remove(id);
        return StripeState.Ok(new { id, @object = "account", deleted = true });
    }

    public SimResponse Reject(string id, FormParameters parameters, long now)
    {
        if (OfReject.Refusal(parameters) is { } refusal) return refusal;
        if (!RejectReasons.Contains(parameters["reason"], StringComparer.Ordinal))
            return StripeErrors.Invalid("reason", $"Invalid reason: must be one of {string.Join(", ", RejectReasons)}");
        return TryFind(id, out var account, out var unknown) ? Closed(account, RejectedFor(parameters["reason"]!), now) : unknown;
    }

    public SimResponse SetCapability(string id, string status, string? disabledReason, long now)
    {
        if (!TryFind(id, out var account, out var unknown)) return unknown;
        var active = status == "active";
        return Changed(now, account with
        {
            TransfersCapability = status == "unrequested" ? null : status,
            DisabledReason = active ? null : disabledReason ?? account.DisabledReason,
            DetailsSubmitted = active || account.DetailsSubmitted,
            PayoutsEnabled = active,
            CurrentlyDue = active ? [] : ["individual.verification.document"],
            PastDue = [],
            PendingVerification = [],
        });
    }

    /// <summary>What the holder has done on Stripe's pages so far.</summary>
    /// <param name="outcome">complete; pending, while Stripe looks at what was given; or incomplete, given up halfway.</param>
    public SimResponse Onboard(string id, string outcome, long now)
    {
        if (!TryFind(id, out var account, out var unknown)) return unknown;
        if (account.DisabledReason?.StartsWith("rejected.", StringComparison.Ordinal) == true)
            return StripeErrors.Business($"Account {id} was rejected.");
        return outcome switch
        {
            "complete" => Changed(now, account with
            {
                DetailsSubmitted = true, PayoutsEnabled = true,
                TransfersCapability = account.TransfersCapability is null ? null : "active",
                DisabledReason = null, CurrentlyDue = [], PastDue = [], PendingVerification = [], CurrentDeadline = null,
            }),
            "pending" => Changed(now, account with
            {
                DetailsSubmitted = true, PayoutsEnabled = false,
                TransfersCapability = account.TransfersCapability is null ? null : "pending",
                DisabledReason = "requirements.pending_verification", CurrentlyDue = [], PastDue = [],
                PendingVerification = ["individual.verification.document"],
            }),
            _ => Changed(now, account with
            {
                CurrentlyDue = ["external_account", "individual.ssn_last_4"],
                PastDue = ["external_account", "individual.ssn_last_4"],
            }),
        };
    }

    /// <summary>Stripe asks for more, and stops everything until it has it.</summary>
    /// <param name="transfersGoOn">True: it stops what goes on to the bank alone.</param>
    public SimResponse Restrict(
        string id, IReadOnlyList<string> currentlyDue, string disabledReason, bool transfersGoOn, long now) =>
        TryFind(id, out var account, out var unknown)
            ? Changed(now, account with
            {
                PayoutsEnabled = false,
                TransfersCapability = transfersGoOn || account.TransfersCapability is null
                    ? account.TransfersCapability : "inactive",
                DisabledReason = disabledReason,
                CurrentlyDue = currentlyDue, PastDue = currentlyDue, CurrentDeadline = now,
            })
            : unknown;

    public SimResponse RejectAs(string id, string disabledReason, long now) =>
        TryFind(id, out var account, out var unknown) ? Closed(account, disabledReason, now) : unknown;

    /// <summary>The event is the last thing the platform hears of the account.</summary>
    public SimResponse Deauthorize(string id, long now)
    {
        if (!TryFind(id, out var account, out var unknown)) return unknown;
        books.Accounts.Replace(id, account with { IsDeauthorized = true });
        var application = new { id = "ca_sim_000001", @object = "application", name = "Contest platform" };
        books.Emit(now, "account.application.deauthorized", application, id);
        return StripeState.Ok(application);
    }

    public SimResponse Changed(long now, SimAccount account)
    {
        var before = books.Accounts.Find(account.Id)!;
        books.Accounts.Replace(account.Id, account);
        books.Emit(now, "account.updated", account.ToStripe(), account.Id);
        if (before.TransfersCapability != account.TransfersCapability)
            books.Emit(now, "capability.updated", account.TransfersToStripe(), account.Id);
        return StripeState.Ok(account.ToStripe());
    }

    private static string RejectedFor(string reason) =>
        reason.StartsWith("fraud_", StringComparison.Ordinal)
            ? "rejected.fraud" : reason == "credit" ? "rejected.other" : $"rejected.{reason}";

    private SimResponse Closed(SimAccount account, string disabledReason, long now) => Changed(now, account with
    {
        PayoutsEnabled = false, TransfersCapability = account.TransfersCapability is null ? null : "inactive",
        DisabledReason = disabledReason,
        CurrentlyDue = [], PastDue = [],
    });

    private bool TryFind(string id, out SimAccount account, out SimResponse unknown)
    {
        account = books.ConnectedAccount(id)!;
        unknown = account is null ? StripeErrors.NoAccess(id) : null!;
        return account is not null;
    }

    private static bool RequestsTransfers(FormParameters parameters) => parameters.IsTrue("capabilities[transfers][requested]");
}
