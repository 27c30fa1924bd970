using System.Globalization;

namespace ContestPipeline.StripeSimulator.Core;

/// <summary>
/// <c>GET /v1/payment_intents/search</c>. Stripe's index is up to a minute behind; this one knows at once, so nothing may be
/// built on what it says of a payment just made.
/// </summary>
internal sealed class PaymentSearch(Books books)
{
    private const int LimitDefault = 10;
    private const int LimitMax = 100;
    private const string Url = "/v1/payment_intents/search";

    private static readonly ParameterCheck s_check = new(["query!", "limit#", "page"], ["expand"]);
    private static readonly string[] s_texts = ["currency", "customer", "status"];
    private static readonly string[] s_numbers = ["amount", "created"];

    /// <returns>A page of what the query finds, newest first, with the name of the next page; 400 for a query it does not
    /// understand.</returns>
    public SimResponse Search(FormParameters parameters)
    {
        if (s_check.Refusal(parameters) is { } refusal) return refusal;
        var limit = parameters.Whole("limit") ?? LimitDefault;
        if (limit is < 1 or > LimitMax)
            return StripeErrors.Invalid("limit", $"This value must be between 1 and {LimitMax}.");
        var query = SearchQuery.Read(parameters["query"]!, s_texts, s_numbers);
        if (query.Fault is { } fault) return StripeErrors.Invalid("query", fault);
        var skip = 0;
        if (parameters["page"] is { } page
            && !(page.StartsWith("sim_", StringComparison.Ordinal) && int.TryParse(page[4..], NumberStyles.None,
                CultureInfo.InvariantCulture, out skip)))
            return StripeErrors.Invalid("page", "Invalid pagination token.");

        var found = books.PaymentIntents.All.Where(intent => Fits(query, intent)).Reverse().ToList();
        var next = skip + (int)limit;
        var answer = new Dictionary<string, object?>
        {
            ["object"] = "search_result", ["data"] = found.Skip(skip).Take((int)limit).Select(intent => intent.ToStripe()),
            ["has_more"] = found.Count > next,
            ["next_page"] = found.Count > next ? string.Create(CultureInfo.InvariantCulture, $"sim_{next}") : null, ["url"] = Url,
        };
        if (parameters.Children("expand").ContainsValue("total_count")) answer["total_count"] = found.Count;
        return StripeState.Ok(answer);
    }

    private static bool Fits(SearchQuery query, SimPaymentIntent intent) => query.Matches(
        field => field switch
        {
            "currency" => intent.Currency,
            "customer" => intent.Customer,
            _ => intent.Status,
        },
        field => field == "amount" ? intent.AmountMinor : intent.Created, intent.Metadata);
}
