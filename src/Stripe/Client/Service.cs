using System.Net;
using System.Runtime.CompilerServices;

namespace Stripe;

/// <summary>What the services share: one request, and a walk over all pages of a list.</summary>
public abstract class Service
{
    private readonly IStripeClient client;

    protected Service(IStripeClient client) => this.client = client;

    private protected static string Segment(string id) => WebUtility.UrlEncode(id);

    private protected Task<T> Post<T>(string path, BaseOptions options, RequestOptions requestOptions, CancellationToken cancellationToken)
        where T : IStripeEntity =>
        client.RequestAsync<T>(HttpMethod.Post, path, options, requestOptions, cancellationToken);

    private protected Task<T> Get<T>(string path, BaseOptions options, RequestOptions requestOptions, CancellationToken cancellationToken)
        where T : IStripeEntity =>
        client.RequestAsync<T>(HttpMethod.Get, path, options, requestOptions, cancellationToken);

    private protected Task<T> Delete<T>(string path, BaseOptions options, RequestOptions requestOptions, CancellationToken cancellationToken)
        where T : IStripeEntity =>
        client.RequestAsync<T>(HttpMethod.Delete, path, options, requestOptions, cancellationToken);

    /// <summary>Newest first; oldest first when only <c>ending_before</c> is given, since the walk then goes towards the present.</summary>
    private protected async IAsyncEnumerable<T> AllPages<T>(
        string path, ListOptions options, RequestOptions requestOptions, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : IHasId
    {
        var next = (ListOptions)options?.Clone() ?? new ListOptions();
        var towardsThePresent = !string.IsNullOrEmpty(next.EndingBefore) && string.IsNullOrEmpty(next.StartingAfter);
        while (true)
        {
            var page = await Get<StripeList<T>>(path, next, requestOptions, cancellationToken).ConfigureAwait(false);
            if (towardsThePresent) page.Reverse();
            foreach (var item in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return item;
            }

            if (!page.HasMore || page.Data.Count == 0) yield break;
            if (towardsThePresent) next.EndingBefore = page.Data[^1].Id;
            else next.StartingAfter = page.Data[^1].Id;
        }
    }
}
