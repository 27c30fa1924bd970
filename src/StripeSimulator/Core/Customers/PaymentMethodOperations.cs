namespace ContestPipeline.StripeSimulator.Core;

/// <summary>
/// Payment methods that are kept. Each behaves as the test payment method that it was made from; every use of a test name makes
/// one of its own.
/// </summary>
internal sealed class PaymentMethodOperations(Books books)
{
    private static readonly ParameterCheck s_create = new(["type!"], ["billing_details", "card", "metadata", "expand"]);
    private static readonly ParameterCheck s_get = new([], ["expand"]);
    private static readonly ParameterCheck s_list = ParameterCheck.List("customer", "type");
    private static readonly ParameterCheck s_ofCustomer = ParameterCheck.List("type");
    private static readonly ParameterCheck s_attach = new(["customer!"], ["expand"]);
    private static readonly ParameterCheck s_update = new([], ["metadata", "billing_details", "expand"]);

    public SimResponse Create(FormParameters parameters, long now)
    {
        if (s_create.Refusal(parameters) is { } refusal) return refusal;
        if (parameters["type"] != "card")
            return StripeErrors.Invalid("type", "This simulator makes cards from test tokens (tok_visa), and nothing else.");
        if (parameters["card[token]"] is not { } token)
            return StripeErrors.Invalid(
                "card", "Sending credit card numbers directly to the Stripe API is generally unsafe. Use a test token (tok_visa).");
        var behaviour = $"pm_card_{(token.StartsWith("tok_", StringComparison.Ordinal) ? token[4..] : "")}";
        if (TestPaymentMethod.Find(behaviour) is null) return StripeErrors.NoSuch("token", token, "card[token]", 400);
        return StripeState.Ok(New(behaviour, parameters.Children("metadata"), now).ToStripe());
    }

    /// <summary>Also by the name of a test payment method, of which it makes one.</summary>
    public SimResponse Get(string id, FormParameters parameters, long now) =>
        s_get.Refusal(parameters)
        ?? (Known(id, now) is { } method ? StripeState.Ok(method.ToStripe()) : StripeErrors.NoSuch("PaymentMethod", id));

    public SimResponse Update(string id, FormParameters parameters)
    {
        if (s_update.Refusal(parameters) is { } refusal) return refusal;
        if (books.PaymentMethods.Find(id) is not { } known) return StripeErrors.NoSuch("PaymentMethod", id);
        var changed = known with { Metadata = parameters.Merge("metadata", known.Metadata) };
        books.PaymentMethods.Replace(id, changed);
        return StripeState.Ok(changed.ToStripe());
    }

    public SimResponse List(FormParameters parameters) =>
        s_list.Refusal(parameters) ?? Page("/v1/payment_methods", parameters["customer"], parameters);

    public SimResponse OfCustomer(string customer, FormParameters parameters) =>
        s_ofCustomer.Refusal(parameters)
        ?? (books.Customers.Find(customer) is null ? StripeErrors.NoSuch("customer", customer)
            : Page($"/v1/customers/{customer}/payment_methods", customer, parameters));

    public SimResponse Attach(string id, FormParameters parameters, long now) =>
        s_attach.Refusal(parameters) ?? AttachTo(id, parameters["customer"]!, now, out var attached)
        ?? StripeState.Ok(attached!.ToStripe());

    public SimResponse Detach(string id, FormParameters parameters, long now)
    {
        if (s_get.Refusal(parameters) is { } refusal) return refusal;
        if (books.PaymentMethods.Find(id) is not { } known) return StripeErrors.NoSuch("PaymentMethod", id);
        if (known.Customer is null)
            return StripeErrors.Business(
                "The payment method you provided is not attached to a customer so detachment is impossible.");
        var detached = known with { Customer = null, IsDetached = true };
        books.PaymentMethods.Replace(id, detached);
        books.Emit(now, "payment_method.detached", detached.ToStripe());
        return StripeState.Ok(detached.ToStripe());
    }

    /// <summary>The card is checked with its bank, as when it is kept by a setup intent.</summary>
    /// <returns>Null when it is the customer's now.</returns>
    public SimResponse? AttachTo(string id, string customer, long now, out SimPaymentMethod? attached)
    {
        attached = null;
        if (CustomerRefusal(customer) is { } nobody) return nobody;
        if (Known(id, now) is not { } method) return StripeErrors.NoSuch("PaymentMethod", id, "payment_method");
        if (method.IsDetached) return StripeErrors.MethodSpent();
        if (method.Customer is { } owner && owner != customer)
            return StripeErrors.Business("The payment method you provided has already been attached to a customer.");
        if (TestPaymentMethod.Find(method.Behaviour) is { Decline: { } decline, DeclinesChargesOnly: false })
            return StripeErrors.CardRefused(decline);
        attached = Keep(method, customer, method.IsAuthenticated, now);
        return null;
    }

    /// <summary>The payment method is the customer's from now on.</summary>
    public SimPaymentMethod Keep(SimPaymentMethod method, string customer, bool isAuthenticated, long now)
    {
        var kept = method with { Customer = customer, IsAuthenticated = isAuthenticated || method.IsAuthenticated };
        books.PaymentMethods.Replace(kept.Id, kept);
        if (method.Customer is null) books.Emit(now, "payment_method.attached", kept.ToStripe());
        return kept;
    }

    /// <returns>The payment method of that id, or a new one of the test name; null when it is neither.</returns>
    public SimPaymentMethod? Known(string id, long now) => books.PaymentMethods.Find(id)
        ?? (TestPaymentMethod.Find(id) is null ? null : New(id, new Dictionary<string, string>(), now));

    /// <returns>Null when a request names no customer, or one that is there.</returns>
    public SimResponse? CustomerRefusal(string? customer) => customer is null || books.Customers.Find(customer) is not null
        ? null : StripeErrors.NoSuch("customer", customer, "customer", 400);

    /// <returns>As what a payment method behaves that is kept, or is one of the test names; null: it is neither.</returns>
    public TestPaymentMethod? Behaviour(string name) =>
        TestPaymentMethod.Find(books.PaymentMethods.Find(name)?.Behaviour ?? name);

    /// <returns>Why a customer, or nobody, cannot pay with it; null: nothing is in the way.</returns>
    public SimResponse? Refusal(string? name, string? customer) => name switch
    {
        null => null,
        _ when Behaviour(name) is null => StripeErrors.NoSuch("PaymentMethod", name, "payment_method", 400),
        _ when books.PaymentMethods.Find(name) is { IsDetached: true } => StripeErrors.MethodSpent(),
        _ when books.PaymentMethods.Find(name) is { Customer: { } owner } && owner != customer =>
            StripeErrors.OfAnotherCustomer(name),
        _ => null,
    };

    private SimPaymentMethod New(string behaviour, IReadOnlyDictionary<string, string> metadata, long now)
    {
        var id = books.NextId("pm");
        var method = new SimPaymentMethod(id, now, behaviour, metadata);
        books.PaymentMethods.Add(id, method);
        return method;
    }

    private SimResponse Page(string url, string? customer, FormParameters parameters) => ListPage.Of(
        url, parameters,
        books.PaymentMethods.All.Where(method => method.Customer is not null && (customer is null || method.Customer == customer)
            && (parameters["type"] is not { } type || method.Type == type)),
        method => method.Id, method => method.Created, method => method.ToStripe());
}
