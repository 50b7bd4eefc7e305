// A server with the package as its documentation has it: node server.mjs PORT.
import { createServer } from 'node:http'
import { route } from '@better-upload/server'
import { toNodeHandler } from '@better-upload/server/adapters/node'
import { custom } from '@better-upload/server/clients'

const { S3_HOST, S3_KEY, S3_SECRET, S3_REGION, S3_BUCKET } = process.env

const handler = toNodeHandler({
  client: custom({
    host: S3_HOST, accessKeyId: S3_KEY, secretAccessKey: S3_SECRET, region: S3_REGION, secure: false, forcePathStyle: true,
  }),
  bucketName: S3_BUCKET,
  routes: {
    small: route({
      maxFileSize: 4 * 1024 * 1024,
      fileTypes: ['text/plain', 'application/octet-stream'],
      onBeforeUpload: () => ({ objectInfo: { metadata: { Owner: 'seven' }, cacheControl: 'max-age=60', storageClass: 'STANDARD' } }),
    }),
    large: route({ multipart: true, partSize: 6 * 1024 * 1024, maxFileSize: 1024 * 1024 * 1024 }),
  },
})

createServer((req, res) => (req.url === '/api/upload' ? handler(req, res) : res.writeHead(404).end())).listen(Number(process.argv[2]), '127.0.0.1')
