namespace ContestPipeline.StripeSimulator.Core;

/// <summary>The name of the operation a request is for. Each named operation has its own rate limit and its own faults.</summary>
public static class Routes
{
    public static IReadOnlySet<string> EndpointNames { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "accounts.create", "accounts.get", "accounts.list", "accounts.update", "balance.get", "balance_transactions.get", "balance_transactions.list",
        "events.get", "events.list", "reversals.create", "reversals.get", "reversals.list", "topups.create", "transfers.create", "transfers.get",
        "transfers.list",
    };

    /// <returns>Null when there is no such operation.</returns>
    public static string? Endpoint(SimRequest request) => (request.Method, request.Path.Split('/')[1..]) switch
    {
        ("POST", ["v1", "transfers"]) => "transfers.create",
        ("GET", ["v1", "transfers"]) => "transfers.list",
        ("GET", ["v1", "transfers", _]) => "transfers.get",
        ("POST", ["v1", "transfers", _, "reversals"]) => "reversals.create",
        ("GET", ["v1", "transfers", _, "reversals"]) => "reversals.list",
        ("GET", ["v1", "transfers", _, "reversals", _]) => "reversals.get",
        ("POST", ["v1", "accounts"]) => "accounts.create",
        ("GET", ["v1", "accounts"]) => "accounts.list",
        ("GET", ["v1", "accounts", _]) => "accounts.get",
        ("POST", ["v1", "accounts", _]) => "accounts.update",
        ("GET", ["v1", "balance"]) => "balance.get",
        ("GET", ["v1", "balance_transactions"]) => "balance_transactions.list",
        ("GET", ["v1", "balance_transactions", _]) => "balance_transactions.get",
        ("POST", ["v1", "topups"]) => "topups.create",
        ("GET", ["v1", "events"]) => "events.list",
        ("GET", ["v1", "events", _]) => "events.get",
        _ => null,
    };
}
