using System.Text.Json.Nodes;

namespace ContestPipeline.StripeSimulator.Core;

/// <summary>
/// Puts whole objects where ids stand, as <c>expand[]</c> asks: <c>latest_charge.balance_transaction</c>, <c>data.charge</c>.
/// </summary>
internal static class Expansion
{
    private const int DepthMax = 4;

    public static SimResponse Apply(SimResponse response, FormParameters parameters, Books books, long now)
    {
        if (response.Status != 200) return response;
        var paths = parameters.Children("expand").Values;
        if (paths.Count == 0) return response;
        var root = JsonNode.Parse(response.Body)!;
        foreach (var path in paths)
        {
            // The one property of a search that is there only when it is asked for, and no object.
            if (path == "total_count" && root["object"]?.ToString() == "search_result") continue;
            var steps = path.Split('.');
            if (steps.Length > DepthMax)
                return StripeErrors.CannotExpand(path, $"You cannot expand more than {DepthMax} levels of a property.");
            if (!Walk(root, steps, books, now))
                return StripeErrors.CannotExpand(path, $"This property cannot be expanded ({path}).");
        }

        return response with { Body = root.ToJsonString() };
    }

    /// <returns>False when there is no such property, or none that names an object.</returns>
    private static bool Walk(JsonNode node, ReadOnlySpan<string> steps, Books books, long now)
    {
        if (steps.Length == 0) return true;
        if (node is not JsonObject parent || !parent.TryGetPropertyValue(steps[0], out var value)) return false;
        switch (value)
        {
            case null:
                return true;
            case JsonArray list:
                foreach (var item in list)
                {
                    if (item is null || !Walk(item, steps[1..], books, now)) return false;
                }

                return true;
            case JsonObject child:
                return Walk(child, steps[1..], books, now);
            default:
                if (Find(value.ToString(), books, now) is not { } whole) return false;
                parent[steps[0]] = whole;
                return Walk(whole, steps[1..], books, now);
        }
    }

    private static JsonNode? Find(string id, Books books, long now)
    {
        object? found = id.Split('_')[0] switch
        {
            "acct" => books.Accounts.Find(id)?.ToStripe(),
            "cus" => books.Customers.Find(id)?.ToStripe(),
            "pm" => books.PaymentMethods.Find(id)?.ToStripe(),
            "seti" => books.SetupIntents.Find(id)?.ToStripe(),
            "ch" => books.Charges.Find(id)?.ToStripe(),
            "du" => books.Disputes.Find(id)?.ToStripe(now),
            "pi" => books.PaymentIntents.Find(id)?.ToStripe(),
            "po" => books.Payouts.Find(id)?.ToStripe(),
            "re" => books.Refunds.Find(id)?.ToStripe(),
            "tr" => books.Transfers.Find(id)?.ToStripe(),
            "txn" => books.BalanceTransactions.Find(id)?.ToStripe(now),
            _ => null,
        };
        return found is null ? null : System.Text.Json.JsonSerializer.SerializeToNode(found);
    }
}
