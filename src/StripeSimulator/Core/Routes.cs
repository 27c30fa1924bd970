namespace ContestPipeline.StripeSimulator.Core;

/// <summary>The name of the operation a request is for. Each named operation has its own rate limit and its own faults.</summary>
public static class Routes
{
    private static readonly (string Method, string[] Segments, string Name)[] Table =
    [
        .. Lines(
            """
            GET account account.get
            POST account_links account_links.create
            POST accounts accounts.create
            GET accounts accounts.list
            GET accounts/* accounts.get
            POST accounts/* accounts.update
            DELETE accounts/* accounts.delete
            GET accounts/*/capabilities capabilities.list
            GET accounts/*/capabilities/* capabilities.get
            POST accounts/*/capabilities/* capabilities.update
            GET accounts/*/external_accounts external_accounts.list
            GET accounts/*/external_accounts/* external_accounts.get
            GET accounts/*/persons persons.list
            POST accounts/*/login_links login_links.create
            POST accounts/*/reject accounts.reject
            GET balance balance.get
            GET balance_transactions balance_transactions.list
            GET balance_transactions/* balance_transactions.get
            GET charges charges.list
            GET charges/* charges.get
            POST customers customers.create
            GET customers customers.list
            GET customers/* customers.get
            POST customers/* customers.update
            DELETE customers/* customers.delete
            GET customers/*/payment_methods customers.payment_methods
            GET disputes disputes.list
            GET disputes/* disputes.get
            POST disputes/*/close disputes.close
            GET events events.list
            GET events/* events.get
            POST payment_intents payment_intents.create
            GET payment_intents payment_intents.list
            GET payment_intents/search payment_intents.search
            GET payment_intents/* payment_intents.get
            POST payment_intents/* payment_intents.update
            POST payment_intents/*/cancel payment_intents.cancel
            POST payment_intents/*/confirm payment_intents.confirm
            POST payment_methods payment_methods.create
            GET payment_methods payment_methods.list
            GET payment_methods/* payment_methods.get
            POST payment_methods/* payment_methods.update
            POST payment_methods/*/attach payment_methods.attach
            POST payment_methods/*/detach payment_methods.detach
            POST payouts payouts.create
            GET payouts payouts.list
            GET payouts/* payouts.get
            POST payouts/*/cancel payouts.cancel
            GET radar/early_fraud_warnings early_fraud_warnings.list
            GET radar/early_fraud_warnings/* early_fraud_warnings.get
            POST refunds refunds.create
            GET refunds refunds.list
            GET refunds/* refunds.get
            POST setup_intents setup_intents.create
            GET setup_intents setup_intents.list
            GET setup_intents/* setup_intents.get
            POST setup_intents/* setup_intents.update
            POST setup_intents/*/confirm setup_intents.confirm
            POST setup_intents/*/cancel setup_intents.cancel
            POST topups topups.create
            POST transfers transfers.create
            GET transfers transfers.list
            GET transfers/* transfers.get
            POST transfers/* transfers.update
            POST transfers/*/reversals reversals.create
            GET transfers/*/reversals reversals.list
            GET transfers/*/reversals/* reversals.get
            POST webhook_endpoints webhook_endpoints.create
            GET webhook_endpoints webhook_endpoints.list
            GET webhook_endpoints/* webhook_endpoints.get
            POST webhook_endpoints/* webhook_endpoints.update
            DELETE webhook_endpoints/* webhook_endpoints.delete
            """),
    ];

    public static IReadOnlySet<string> EndpointNames { get; } = Table.Select(route => route.Name)
        .ToHashSet(StringComparer.Ordinal);

    /// <returns>Null when there is no such operation.</returns>
    public static string? Endpoint(SimRequest request)
    {
        if (request.Path.Split('/') is not ["", "v1", .. var segments]) return null;
        foreach (var (method, pattern, name) in Table)
        {
            if (method == request.Method && Fits(pattern, segments)) return name;
        }

        return null;
    }

    private static bool Fits(string[] pattern, string[] segments) =>
        pattern.Length == segments.Length
            && pattern.Zip(segments).All(pair => pair.First == "*" ? pair.Second.Length > 0 : pair.First == pair.Second);

    private static IEnumerable<(string Method, string[] Segments, string Name)> Lines(string table) =>
        table.Split('\n').Select(line => line.Split(' ')).Select(parts => (parts[0], parts[1].Split('/'), parts[2]));
}
