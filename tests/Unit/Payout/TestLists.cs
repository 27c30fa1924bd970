using System.Net;
using ContestPipeline.Payout.StripeApi;
using Stripe;

namespace ContestPipeline.Unit.Payout;

/// <summary>Lists of Stripe's as they come over the wire, for tests of what follows from them.</summary>
internal static class TestLists
{
    /// <summary>What an empty list says.</summary>
    public static LookUpResult FoundNone => LookUpResult.FoundNone.In(Of<TransferFacts>());

    /// <summary>A whole list of one page.</summary>
    public static CompleteList<T> Of<T>(params T[] items) where T : class => Whole(items).GetAwaiter().GetResult();

    /// <summary>A page with so many transfers, as Stripe answered it.</summary>
    public static StripeList<Transfer> Page(string body, params string[] ids) => new()
    {
        Data = [.. ids.Select(id => new Transfer { Id = id })],
        StripeResponse = new StripeResponse(HttpStatusCode.OK, null, body),
    };

    private static Task<CompleteList<T>> Whole<T>(T[] items) where T : class
    {
        var ids = items.Select((_, i) => $"tr_{i}").ToArray();
        var body = $$"""{"object":"list","data":[{{string.Join(",", ids.Select(_ => "{}"))}}],"has_more":false}""";
        return CompleteList<T>.Read(new TransferListOptions(), _ => Task.FromResult(Page(body, ids)),
            t => items[int.Parse(t.Id[3..], System.Globalization.CultureInfo.InvariantCulture)], itemsMax: 1000);
    }
}
