// A real OpenID Connect provider (oidc-provider), as the console, contestctl and Payout's API meet one. Whoever signs in has the role that is named beside "-" in the
// login, such as olga-operator. The token about the person says nothing but sub; the roles are in the one for the API. Arguments: audience of access tokens, return address.
import Provider from 'oidc-provider';
import { createServer } from 'node:http';
import { once } from 'node:events';

const [audience, returnAddress] = process.argv.slice(2);
const server = createServer((request, response) => provider.callback()(request, response));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const issuer = `http://127.0.0.1:${server.address().port}`;
const rolesOf = (login) => [login.split('-')[1] ?? 'nobody'];

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'console', client_secret: 'a secret of the console', redirect_uris: [returnAddress],
      grant_types: ['authorization_code'], response_types: ['code'],
    },
    {
      client_id: 'contestctl', token_endpoint_auth_method: 'none', application_type: 'native',
      redirect_uris: ['http://127.0.0.1/signed-in'], response_types: ['code'],
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'authorization_code'],
    },
  ],
  claims: { openid: ['sub'] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  extraTokenClaims: (_, token) => ({ roles: rolesOf(token.accountId), player_ids: [] }),
  features: {
    deviceFlow: { enabled: true },
    resourceIndicators: {
      enabled: true, defaultResource: () => audience, useGrantedResource: () => true,
      getResourceServerInfo: () => ({ scope: 'openid profile', audience, accessTokenFormat: 'jwt', accessTokenTTL: 900 }),
    },
  },
  pkce: { required: () => true },
});
provider.on('server_error', (_, error) => console.log('error', error));
console.log(`listening ${issuer}`);
