namespace ContestPipeline.StripeSimulator.Core;

/// <summary>The events of the last 30 days: the platform's, or in the name of a connected account that account's.</summary>
internal sealed class EventOperations(Books books)
{
    private const long RetentionSeconds = 30L * 24 * 60 * 60;

    private static readonly ParameterCheck OfGet = new([], ["expand"]);
    private static readonly ParameterCheck OfList = ParameterCheck.List("type", "delivery_success");

    public SimResponse List(FormParameters parameters, string? account, long now)
    {
        if (OfList.Refusal(parameters) is { } refusal) return refusal;
        var types = parameters.Children("types").Values.ToHashSet(StringComparer.Ordinal);
        if (parameters["type"] is { } type) types.Add(type);
        var delivered = parameters["delivery_success"] is null ? (bool?)null : parameters.IsTrue("delivery_success");
        return ListPage.Of(
            "/v1/events", parameters,
            books.Events.All.Where(happened =>
                happened.Account == account && IsKept(happened, now) && (types.Count == 0 || types.Contains(happened.Type))
                && (delivered is null || books.Deliveries.Succeeded(happened.Id) == delivered)),
            happened => happened.Id, happened => happened.Created, ToStripe);
    }

    public SimResponse Get(string id, FormParameters parameters, string? account, long now) =>
        OfGet.Refusal(parameters)
        ?? (books.Events.Find(id) is { } happened && happened.Account == account && IsKept(happened, now)
            ? StripeState.Ok(ToStripe(happened))
            : StripeErrors.NoSuch("event", id));

    private object ToStripe(SimEvent happened) => happened.ToStripe(books.Deliveries.OpenFor(happened.Id));

    private static bool IsKept(SimEvent happened, long now) => happened.Created > now - RetentionSeconds;
}
