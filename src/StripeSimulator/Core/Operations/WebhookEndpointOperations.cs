namespace ContestPipeline.StripeSimulator.Core;

/// <summary>Webhook endpoints.</summary>
internal sealed class WebhookEndpointOperations(Books books)
{
    private const long OldSecretSeconds = 24L * 60 * 60;

    private static readonly ParameterCheck OfCreate = new(
        ["url!", "api_version", "connect", "description"], ["enabled_events", "metadata", "expand"]);
    private static readonly ParameterCheck OfUpdate = new(
        ["url", "disabled", "description"], ["enabled_events", "metadata", "expand"]);
    private static readonly ParameterCheck OfGet = new([], ["expand"]);

    public SimResponse Create(FormParameters parameters, long now)
    {
        if (OfCreate.Refusal(parameters) is { } refusal) return refusal;
        if (!IsAddress(parameters["url"]!))
            return StripeErrors.Invalid("url", "Invalid URL: An explicit scheme (such as https) must be provided.");
        var enabled = parameters.Children("enabled_events").Values.ToList();
        if (enabled.Count == 0) return StripeErrors.MissingParameter("enabled_events");
        var endpoint = new SimWebhookEndpoint(
            books.NextId("we"), now, parameters["url"]!, parameters.IsTrue("connect"), enabled,
            $"whsec_{books.NextSecret("whsec")}",
            parameters.Children("metadata"))
        {
            ApiVersion = parameters["api_version"], Description = parameters["description"],
        };
        books.WebhookEndpoints.Add(endpoint.Id, endpoint);
        return StripeState.Ok(endpoint.ToStripe(withSecret: true));
    }

    public SimResponse Update(string id, FormParameters parameters)
    {
        if (OfUpdate.Refusal(parameters) is { } refusal) return refusal;
        if (books.WebhookEndpoints.Find(id) is not { } endpoint) return StripeErrors.NoSuch("webhook endpoint", id);
        if (parameters["url"] is { } url && !IsAddress(url))
            return StripeErrors.Invalid("url", "Invalid URL: An explicit scheme (such as https) must be provided.");
        var enabled = parameters.Children("enabled_events").Values.ToList();
        return Changed(endpoint with
        {
            Url = parameters["url"] ?? endpoint.Url,
            Description = parameters["description"] ?? endpoint.Description,
            EnabledEvents = enabled.Count == 0 ? endpoint.EnabledEvents : enabled,
            IsDisabled = parameters["disabled"] is null ? endpoint.IsDisabled : parameters.IsTrue("disabled"),
            Metadata = parameters.Merge("metadata", endpoint.Metadata),
        });
    }

    /// <summary>The old secret stays valid for a day, so that both sides can change one after the other.</summary>
    public SimResponse Roll(string id, long now)
    {
        if (books.WebhookEndpoints.Find(id) is not { } endpoint) return StripeErrors.NoSuch("webhook endpoint", id);
        var rolled = endpoint with
        {
            Secret = $"whsec_{books.NextSecret("whsec")}", PreviousSecret = endpoint.Secret,
            PreviousSecretUntil = now + OldSecretSeconds,
        };
        books.WebhookEndpoints.Replace(id, rolled);
        return StripeState.Ok(rolled.ToStripe(withSecret: true));
    }

    public SimResponse Delete(string id, FormParameters parameters)
    {
        if (OfGet.Refusal(parameters) is { } refusal) return refusal;
        if (books.WebhookEndpoints.Find(id) is null) return StripeErrors.NoSuch("webhook endpoint", id);
        books.WebhookEndpoints.Remove(id);
        books.Deliveries.Forget(id);
        return StripeState.Ok(new { id, @object = "webhook_endpoint", deleted = true });
    }

    public SimResponse Get(string id, FormParameters parameters) =>
        OfGet.Refusal(parameters)
        ?? (books.WebhookEndpoints.Find(id) is { } endpoint
            ? StripeState.Ok(endpoint.ToStripe(withSecret: false))
            : StripeErrors.NoSuch("webhook endpoint", id));

    public SimResponse List(FormParameters parameters) =>
        ParameterCheck.List().Refusal(parameters) ?? ListPage.Of(
            "/v1/webhook_endpoints", parameters, books.WebhookEndpoints.All, endpoint => endpoint.Id,
            endpoint => endpoint.Created,
            endpoint => endpoint.ToStripe(withSecret: false));

    private SimResponse Changed(SimWebhookEndpoint endpoint)
    {
        books.WebhookEndpoints.Replace(endpoint.Id, endpoint);
        return StripeState.Ok(endpoint.ToStripe(withSecret: false));
    }

    private static bool IsAddress(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var parsed)
            && (parsed.Scheme == Uri.UriSchemeHttp || parsed.Scheme == Uri.UriSchemeHttps);
}
