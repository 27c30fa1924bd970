namespace ContestPipeline.StripeSimulator.Core;

/// <summary>Customers: who pays, and which payment methods are kept of them.</summary>
internal sealed class CustomerOperations(Books books, PaymentMethodOperations methods)
{
    private static readonly string[] s_texts = ["description", "email", "name", "phone"];
    private static readonly ParameterCheck s_write = new(
        [.. s_texts, "payment_method"], ["metadata", "expand", "invoice_settings"]);

    private static readonly ParameterCheck s_get = new([], ["expand"]);
    private static readonly ParameterCheck s_list = ParameterCheck.List("email");

    public SimResponse Create(FormParameters parameters, long now)
    {
        if (s_write.Refusal(parameters) is { } refusal) return refusal;
        var id = books.NextId("cus");
        var customer = Changed(new SimCustomer(id, now, parameters.Children("metadata")), parameters);
        books.Customers.Add(id, customer);
        if (parameters["payment_method"] is { } method && methods.AttachTo(method, id, now, out _) is { } refused)
        {
            books.Customers.Remove(id);
            return refused;
        }

        books.Emit(now, "customer.created", customer.ToStripe());
        return StripeState.Ok(customer.ToStripe());
    }

    public SimResponse Update(string id, FormParameters parameters, long now)
    {
        if (s_write.Refusal(parameters) is { } refusal) return refusal;
        if (books.Customers.Find(id) is not { } known) return StripeErrors.NoSuch("customer", id);
        if (parameters["payment_method"] is not null) return StripeErrors.UnknownParameter("payment_method");
        var customer = Changed(known, parameters);
        if (customer.DefaultPaymentMethod is { } kept && books.PaymentMethods.Find(kept)?.Customer != id)
            return StripeErrors.Business(
                $"The customer does not have a payment method with the ID {kept}. The payment method must be attached to the "
                    + "customer.", "invoice_settings[default_payment_method]");
        books.Customers.Replace(id, customer);
        books.Emit(now, "customer.updated", customer.ToStripe());
        return StripeState.Ok(customer.ToStripe());
    }

    public SimResponse Get(string id, FormParameters parameters) =>
        s_get.Refusal(parameters)
        ?? (books.Customers.Find(id) is { } customer
            ? StripeState.Ok(customer.ToStripe()) : StripeErrors.NoSuch("customer", id));

    /// <summary>Its payment methods are detached for good.</summary>
    public SimResponse Delete(string id, FormParameters parameters, long now)
    {
        if (s_get.Refusal(parameters) is { } refusal) return refusal;
        if (books.Customers.Find(id) is not { } customer) return StripeErrors.NoSuch("customer", id);
        books.Customers.Remove(id);
        foreach (var kept in books.PaymentMethods.All.Where(method => method.Customer == id).ToList())
            books.PaymentMethods.Replace(kept.Id, kept with { Customer = null, IsDetached = true });
        books.Emit(now, "customer.deleted", customer.ToStripe());
        return StripeState.Ok(new { id, @object = "customer", deleted = true });
    }

    public SimResponse List(FormParameters parameters) =>
        s_list.Refusal(parameters) ?? ListPage.Of(
            "/v1/customers", parameters,
            books.Customers.All.Where(customer => parameters["email"] is not { } email || customer.Email == email),
            customer => customer.Id, customer => customer.Created, customer => customer.ToStripe());

    private static SimCustomer Changed(SimCustomer customer, FormParameters parameters) => customer with
    {
        Email = parameters["email"] ?? customer.Email,
        Name = parameters["name"] ?? customer.Name,
        Phone = parameters["phone"] ?? customer.Phone,
        Description = parameters["description"] ?? customer.Description,
        DefaultPaymentMethod = parameters["invoice_settings[default_payment_method]"] ?? customer.DefaultPaymentMethod,
        Metadata = parameters.Merge("metadata", customer.Metadata),
    };
}
