namespace ContestPipeline.StripeSimulator.Core;

/// <summary>Setup intents: a payment method is checked with its bank and kept, and no money moves.</summary>
internal sealed class SetupIntentOperations(Books books, PaymentMethodOperations methods)
{
    private static readonly ParameterCheck s_create = new(
        ["confirm", "customer", "description", "payment_method", "return_url", "usage"],
        ["automatic_payment_methods", "metadata", "expand", "payment_method_options", "payment_method_types"]);

    private static readonly ParameterCheck s_update = new(
        ["customer", "description", "payment_method"], ["metadata", "expand", "payment_method_options"]);

    private static readonly ParameterCheck s_confirm = new(
        ["payment_method", "return_url"], ["expand", "payment_method_options"]);

    private static readonly ParameterCheck s_cancel = new(["cancellation_reason"], ["expand"]);
    private static readonly ParameterCheck s_get = new(["client_secret"], ["expand"]);
    private static readonly ParameterCheck s_list = ParameterCheck.List("customer", "payment_method");

    public SimResponse Create(FormParameters parameters, long now)
    {
        if (s_create.Refusal(parameters) is { } refusal) return refusal;
        if (parameters["usage"] is not (null or "off_session" or "on_session"))
            return StripeErrors.Invalid("usage", "Invalid usage: must be one of off_session or on_session");
        if (methods.CustomerRefusal(parameters["customer"]) is { } nobody) return nobody;
        var method = parameters["payment_method"];
        if (method is not null && methods.Known(method, now) is null)
            return StripeErrors.NoSuch("PaymentMethod", method, "payment_method", 400);

        var id = books.NextId("seti");
        var intent = new SimSetupIntent(
            id, now, $"{id}_secret_{books.NextSecret("client_secret")[..24]}", parameters["usage"] ?? "off_session",
            parameters.Children("metadata"))
        {
            Customer = parameters["customer"], Description = parameters["description"], PaymentMethod = method,
            Status = method is null ? SimPaymentIntent.RequiresPaymentMethod : SimPaymentIntent.RequiresConfirmation,
        };
        books.SetupIntents.Add(id, intent);
        books.Emit(now, "setup_intent.created", intent.ToStripe());
        return parameters.IsTrue("confirm") ? SetUp(id, method, now) : StripeState.Ok(intent.ToStripe());
    }

    public SimResponse Update(string id, FormParameters parameters)
    {
        if (s_update.Refusal(parameters) is { } refusal) return refusal;
        if (books.SetupIntents.Find(id) is not { } intent) return StripeErrors.NoSuch("setupintent", id, "intent");
        if (methods.CustomerRefusal(parameters["customer"]) is { } nobody) return nobody;
        var changed = intent with
        {
            Customer = parameters["customer"] ?? intent.Customer,
            Description = parameters["description"] ?? intent.Description,
            PaymentMethod = parameters["payment_method"] ?? intent.PaymentMethod,
            Metadata = parameters.Merge("metadata", intent.Metadata),
        };
        books.SetupIntents.Replace(id, changed);
        return StripeState.Ok(changed.ToStripe());
    }

    public SimResponse Confirm(string id, FormParameters parameters, long now) =>
        s_confirm.Refusal(parameters) ?? SetUp(id, parameters["payment_method"], now);

    /// <summary>What the payer's front end does with the client secret.</summary>
    public SimResponse SetUp(string id, string? paymentMethod, long now)
    {
        if (books.SetupIntents.Find(id) is not { } intent) return StripeErrors.NoSuch("setupintent", id, "intent");
        if (intent.Status is SimPaymentIntent.Succeeded or SimPaymentIntent.Canceled)
            return StripeErrors.UnexpectedSetupState(intent, "confirmed");
        if ((paymentMethod ?? intent.PaymentMethod) is not { } name)
            return StripeErrors.Business(
                "You cannot confirm this SetupIntent because it's missing a payment method.", "payment_method");
        if (methods.Known(name, now) is not { } method)
            return StripeErrors.NoSuch("PaymentMethod", name, "payment_method", 400);
        if (method.IsDetached) return StripeErrors.MethodSpent();
        if (method.Customer is { } owner && owner != intent.Customer) return StripeErrors.OfAnotherCustomer(method.Id);
        var behaviour = TestPaymentMethod.Find(method.Behaviour)!;
        intent = intent with { PaymentMethod = method.Id, LastError = null };
        if (behaviour is { Decline: { } decline, DeclinesChargesOnly: false }) return Refused(intent, decline, now);
        return behaviour.NeedsAuthentication || behaviour.NeedsAuthenticationOnce
            ? Changed(intent with { Status = SimPaymentIntent.RequiresAction }, "setup_intent.requires_action", now)
            : Succeed(intent, method, now);
    }

    /// <summary>Ends what waits for the payer's proof.</summary>
    public SimResponse Settle(string id, bool succeeded, long now)
    {
        if (books.SetupIntents.Find(id) is not { } intent) return StripeErrors.NoSuch("setupintent", id, "intent");
        if (intent.Status != SimPaymentIntent.RequiresAction) return StripeErrors.UnexpectedSetupState(intent, "settled");
        if (succeeded) return Succeed(intent, books.PaymentMethods.Find(intent.PaymentMethod!)!, now);
        Refused(intent, TestPaymentMethod.SetupNotAuthenticated, now);
        return StripeState.Ok(books.SetupIntents.Find(id)!.ToStripe());
    }

    public SimResponse Cancel(string id, FormParameters parameters, long now)
    {
        if (s_cancel.Refusal(parameters) is { } refusal) return refusal;
        if (books.SetupIntents.Find(id) is not { } intent) return StripeErrors.NoSuch("setupintent", id, "intent");
        var reason = parameters["cancellation_reason"];
        if (reason is not (null or "abandoned" or "duplicate" or "requested_by_customer"))
            return StripeErrors.Invalid("cancellation_reason",
                "Invalid cancellation_reason: must be one of abandoned, duplicate, or requested_by_customer");
        return intent.Status is SimPaymentIntent.Succeeded or SimPaymentIntent.Canceled
            ? StripeErrors.UnexpectedSetupState(intent, "canceled")
            : Changed(
                intent with { Status = SimPaymentIntent.Canceled, CancellationReason = reason }, "setup_intent.canceled", now);
    }

    public SimResponse Get(string id, FormParameters parameters) =>
        s_get.Refusal(parameters)
        ?? (books.SetupIntents.Find(id) is { } intent
            ? StripeState.Ok(intent.ToStripe()) : StripeErrors.NoSuch("setupintent", id, "intent"));

    public SimResponse List(FormParameters parameters) =>
        s_list.Refusal(parameters) ?? ListPage.Of(
            "/v1/setup_intents", parameters,
            books.SetupIntents.All.Where(intent =>
                (parameters["customer"] is not { } customer || intent.Customer == customer)
                && (parameters["payment_method"] is not { } method || intent.PaymentMethod == method)),
            intent => intent.Id, intent => intent.Created, intent => intent.ToStripe());

    private SimResponse Succeed(SimSetupIntent intent, SimPaymentMethod method, long now)
    {
        if (intent.Customer is { } customer) methods.Keep(method, customer, isAuthenticated: true, now);
        return Changed(intent with { Status = SimPaymentIntent.Succeeded, LastError = null }, "setup_intent.succeeded", now);
    }

    private SimResponse Refused(SimSetupIntent intent, SimDecline decline, long now)
    {
        var failed = intent with { Status = SimPaymentIntent.RequiresPaymentMethod, PaymentMethod = null, LastError = decline };
        Changed(failed, "setup_intent.setup_failed", now);
        return StripeErrors.CardRefused(decline, setup: failed);
    }

    private SimResponse Changed(SimSetupIntent intent, string eventType, long now)
    {
        books.SetupIntents.Replace(intent.Id, intent);
        books.Emit(now, eventType, intent.ToStripe());
        return StripeState.Ok(intent.ToStripe());
    }
}
