using System.Net;
using System.Text.Json;
using ContestPipeline.Plumbing;
using Stripe;

namespace ContestPipeline.Payout.StripeApi;

/// <summary>
/// An answer of Stripe's that is no page of a list, or a page that does not say whether more follow: nothing can be concluded
/// from it.
/// </summary>
public sealed class IncompleteListException(string message) : HttpRequestException(message);

/// <summary>
/// A list of Stripe's that was read to its end, every page of it: only such a list says that something is not there.
/// </summary>
/// <typeparam name="T">What is listed.</typeparam>
public sealed class CompleteList<T> where T : class
{
    private CompleteList(IReadOnlyList<T> items) => Items = items;

    /// <summary>In Stripe's order.</summary>
    public IReadOnlyList<T> Items { get; }

    /// <summary>Reads page after page.</summary>
    /// <param name="options">Which list; changed by reading.</param>
    /// <param name="page">Asks for one page.</param>
    /// <param name="of">What is kept of each item; null: nothing.</param>
    /// <param name="itemsMax">A list of which more would be kept is taken for a mistake of ours.</param>
    /// <exception cref="StripeException">A page was refused.</exception>
    /// <exception cref="IncompleteListException">A page was not whole: no status 200, no data, nothing that says whether more
    /// follow, or the same again.</exception>
    /// <exception cref="InvariantException">More than <paramref name="itemsMax"/> would be kept.</exception>
    public static async Task<CompleteList<T>> Read<TItem, TOptions>(
        TOptions options, Func<TOptions, Task<StripeList<TItem>>> page, Func<TItem, T?> of, int itemsMax)
        where TItem : IHasId
        where TOptions : ListOptions
    {
        options.Limit = CompleteLists.PageSize;
        var items = new List<T>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            var shown = await page(options);
            var hasMore = CompleteLists.HasMore(shown?.StripeResponse, shown?.Data?.Count);
            foreach (var item in shown!.Data)
            {
                if (item?.Id is not { Length: > 0 } id || !ids.Add(id))
                    throw new IncompleteListException("a page of the list repeats an object, or holds one without an id");
                if (of(item) is { } kept) items.Add(kept);
            }

            Invariant.Holds(items.Count <= itemsMax, $"Stripe lists more than {itemsMax} of what should be few");
            if (!hasMore) return new CompleteList<T>(items);
            options.StartingAfter = shown.Data[^1].Id;
        }
    }
}

/// <summary>How lists of Stripe's are read whole.</summary>
public static class CompleteLists
{
    /// <summary>The most that Stripe gives on one page.</summary>
    public const int PageSize = 100;

    /// <summary>As <see cref="CompleteList{T}.Read{TItem, TOptions}"/>, of the items themselves.</summary>
    public static Task<CompleteList<T>> Read<T, TOptions>(
        TOptions options, Func<TOptions, Task<StripeList<T>>> page, int itemsMax)
        where T : class, IHasId
        where TOptions : ListOptions => CompleteList<T>.Read(options, page, item => item, itemsMax);

    /// <summary>
    /// Looks at what Stripe wrote, not at what the client library made of it: a field that is not there would read as false.
    /// </summary>
    /// <param name="response">As it came over the wire; null: there was none.</param>
    /// <param name="read">How many items the library read on the page; null: it has none.</param>
    /// <returns>True when another page follows.</returns>
    /// <exception cref="IncompleteListException">The answer is no whole page of a list.</exception>
    public static bool HasMore(StripeResponse? response, int? read)
    {
        if (response is not { StatusCode: HttpStatusCode.OK } || read is null)
            throw new IncompleteListException("the answer is no page of a list");
        using var body = JsonDocument.Parse(response.Content);
        var page = body.RootElement;
        if (page.ValueKind != JsonValueKind.Object || !Is(page, "object", JsonValueKind.String)
            || page.GetProperty("object").GetString() != "list")
            throw new IncompleteListException("the answer is no list");
        if (!Is(page, "data", JsonValueKind.Array) || page.GetProperty("data").GetArrayLength() != read)
            throw new IncompleteListException("the page of the list has no readable data");
        if (!Is(page, "has_more", JsonValueKind.True) && !Is(page, "has_more", JsonValueKind.False))
            throw new IncompleteListException("the page does not say whether more follow");
        var hasMore = page.GetProperty("has_more").GetBoolean();
        return hasMore && read == 0 ? throw new IncompleteListException("the page is empty, and more are to follow") : hasMore;
    }

    private static bool Is(JsonElement page, string name, JsonValueKind kind) =>
        page.TryGetProperty(name, out var value) && value.ValueKind == kind;
}
